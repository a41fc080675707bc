import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { execaSync } from 'execa';
import fc from 'fast-check';
import type { Test } from 'tap';
import t from 'tap';
import type { MetadataSource } from '../../src/provider/metadata.ts';
import { serveMetadata, serverMetadata, shellMetadata } from '../../src/provider/metadata.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { request } from './request.ts';

const server = {
  commercialType: 'C1',
  tags: { KEXEC_KERNEL: '/vmlinuz', KEXEC_APPEND: '"debug initcall_debug"' },
  sshKeys: ['ssh-ed25519 AAAA somebody@somewhere'],
  volumeBytes: 1 << 20,
};

t.test('the metadata of a server in shell syntax', (t) => {
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

async function serve(t: Test, source: Partial<MetadataSource> = {}): Promise<string> {
  const socket = join(temporaryDirectory(t), 'metadata');
  const server = await serveMetadata(socket, {
    metadata: () => ({ id: '42', tags: ['A=b'] }),
    userData: () => ({ 'ssh-host-key': 'text of the user' }),
    report: () => true,
    ...source,
  });
  t.teardown(() => server.close());
  return socket;
}

t.test('documents', async (t) => {
  const socket = await serve(t);
  const bodies = async (path: string): Promise<string> => (await request(socket, path)).body;
  t.equal(await bodies('/conf'), 'ID=42\nTAGS=1\nTAGS_0=A=b\n');
  t.same(JSON.parse(await bodies('/conf?format=json')), { id: '42', tags: ['A=b'] });
  t.equal(await bodies('/user_data'), 'USER_DATA=1\nUSER_DATA_0=ssh-host-key\n');
  t.equal(await bodies('/user_data/ssh-host-key'), 'text of the user');
  t.equal((await request(socket, '/conf', { method: 'HEAD' })).body, '');
});

t.test('what is not there, and what is not allowed', async (t) => {
  const socket = await serve(t);
  for (const path of ['/', '/conf/x', '/user_data/none', '/user_data/toString', '//etc/passwd']) {
    t.match(await request(socket, path), { status: 404 }, path);
  }
  t.match(await request(socket, '/conf', { method: 'PATCH', body: '{}' }), {
    status: 405,
    headers: { allow: 'GET, HEAD' },
  });
  t.match(await request(socket, '/state'), { status: 405, headers: { allow: 'PATCH' } });
});

t.test('states', async (t) => {
  const told: string[] = [];
  let busy = true;
  const socket = await serve(t, {
    report: (state) => {
      if (!busy) told.push(state);
      return !busy;
    },
  });
  const patch = (body: string) => request(socket, '/state', { method: 'PATCH', body });
  t.match(await patch('{"state_detail": "booted"}'), { status: 429 }, 'too busy');
  busy = false;
  t.match(await patch('{"state_detail": "booted"}'), { status: 200 });
  for (const body of ['', 'booted', '{}', '{"state_detail": 1}', '{"state_detail": ""}', '[]']) {
    t.match(await patch(body), { status: 400 }, body);
  }
  t.match(await patch(`{"state_detail": "${'x'.repeat(5000)}"}`), { status: 413 });
  t.same(told, ['booted']);
});

t.test('bytes that are not HTTP are refused, and the server continues', async (t) => {
  const socket = await serve(t);
  for (const bytes of ['\0\xff\r\n\r\n', 'GET :x HTTP/1.0\r\n\r\n']) {
    const connection = connect(socket);
    connection.end(bytes);
    t.match(await text(connection), /^HTTP\/1\.1 400 /);
  }
  t.match(await request(socket, '/conf'), { status: 200 });
});
