import { execaSync } from 'execa';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import t from 'tap';
import { serverMetadata, shellMetadata } from '../../src/provider/metadata.ts';

const server = {
  commercialType: 'C1',
  tags: { KEXEC_KERNEL: '/vmlinuz', KEXEC_APPEND: '"debug initcall_debug"' },
  sshKeys: ['ssh-ed25519 AAAA somebody@somewhere'],
  volumeBytes: 1 << 20,
};

t.test('what a server is told, in the shell’s words', (t) => {
  const conf = shellMetadata(serverMetadata(server)).split('\n');
  for (const line of [
    'COMMERCIAL_TYPE=C1',
    'TAGS=2',
    'TAGS_0=KEXEC_KERNEL=/vmlinuz',
    `TAGS_1='KEXEC_APPEND="debug initcall_debug"'`,
    'SSH_PUBLIC_KEYS=1',
    "SSH_PUBLIC_KEYS_0_KEY='ssh-ed25519 AAAA somebody@somewhere'",
    'VOLUMES=0',
    'VOLUMES_0_SIZE=1048576',
    'VOLUMES_0_EXPORT_URI=nbd://169.254.42.66:4448',
  ]) {
    t.ok(conf.includes(line), line);
  }
  t.equal(conf.at(-1), '', 'the last line ends as well');
  t.end();
});

t.test('a server without tags, keys and volume', (t) => {
  const bare = { commercialType: 'VPS', tags: {}, sshKeys: [], volumeBytes: null };
  const conf = shellMetadata(serverMetadata(bare)).split('\n');
  for (const line of ['TAGS=0', 'SSH_PUBLIC_KEYS=0', 'VOLUMES=']) t.ok(conf.includes(line), line);
  t.notMatch(conf.join(' '), 'EXPORT_URI');
  t.end();
});

t.test('a shell reads every value as it was', (t) => {
  const value = fc.string({ unit: fc.constantFrom(...`ab'"$\`\\ =;&#(){}*?~!ü`.split('')) });
  const holds = fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
    const show = values.map((_, index) => `printf '%s\\n' "$V_${index}"`).join('\n');
    const { stdout } = execaSync('sh', ['-c', `${shellMetadata({ v: values })}\n${show}`], {
      stripFinalNewline: false,
    });
    assert.equal(stdout, values.map((one) => `${one}\n`).join(''));
  });
  t.doesNotThrow(() => {
    fc.assert(holds, { numRuns: 30 });
  });
  t.end();
});
