import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { capture, captureScript } from '../../src/server/capture.ts';
import { digestOf, hostName, machineId, plant, plantDebian, recordsOf } from './planted.ts';

const script = fileURLToPath(new URL('../../assets/capture.sh', import.meta.url));
const shells = [['dash'], ['bash'], ['busybox', 'sh']];
const release = '6.1.0-28-arm64';

/** Runs the script as an ordinary user: root can read everything. */
const ordinary =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']
    : [];

async function run(
  root: string,
  { shell = ['dash'], options = [] }: { shell?: string[]; options?: string[] } = {},
): Promise<Buffer> {
  const [program, ...words] = [...ordinary, ...shell, script, ...options, '--root', root];
  const { stdout, stderr } = await execa(program, words, {
    encoding: 'buffer',
    stripFinalNewline: false,
    env: { TZ: 'UTC' },
  });
  t.equal(Buffer.from(stderr).toString(), '', `${shell.join(' ')} complains about nothing`);
  return Buffer.from(stdout);
}

/** A directory that an ordinary user may enter. */
function open(t: Test): string {
  const directory = t.testdir();
  chmodSync(directory, 0o755);
  return directory;
}

void t.test('shellcheck has nothing against the script', async (t) => {
  const { stdout } = await execa('shellcheck', [script], { reject: false });
  t.equal(stdout, '');
  t.equal(
    await captureScript(),
    (await execa('cat', [script], { stripFinalNewline: false })).stdout,
  );
});

void t.test('every shell gives the same stream, and nothing is changed', async (t) => {
  const root = plantDebian(open(t));
  const before = digestOf(root);
  const streams = [];
  for (const shell of shells) streams.push((await run(root, { shell })).toString('latin1'));
  t.equal(digestOf(root), before);
  for (const [index, stream] of streams.entries()) t.ok(stream === streams[0], `shell ${index}`);
  const records = recordsOf(Buffer.from(streams[0] ?? '', 'latin1'));
  const heads = records.map(({ head }) => head.replace(/ \d+ /, ' '));
  t.strictSame(heads.slice(0, 3), ['kexec-lab-capture 1', 'text hostname', 'text machine-id']);
  t.equal(heads.at(-1), `end ${records.length - 2}`);
  const wanted = [
    'file 16 /etc/os-release',
    'link /vmlinuz',
    'link /vmlinuz.old',
    'link /initrd.img',
    'link /etc/systemd/system/multi-user.target.wants/kexec.service',
    ...['/etc/fstab', '/etc/crypttab', '/etc/default/kexec', '/boot/grub/grub.cfg'],
    ...['/boot.sh', '/etc/systemd/system/kexec.service', '/sbin/kexec'],
    ...['/etc/initramfs-tools/initramfs.conf', '/etc/initramfs-tools/hooks/mine'],
    `/boot/loader/entries/${machineId}-${release}.conf`,
    ...[`/boot/vmlinuz-${release}`, `/boot/initrd.img-${release}`, `/boot/config-${release}`],
    '/boot/vmlinuz-6.1.0-9-arm64',
    `/lib/modules/${release}/modules.dep`,
  ];
  for (const name of wanted.slice(1))
    t.ok(
      heads.some((head) => head === name || head.endsWith(` ${name}`)),
      name,
    );
  t.notOk(
    heads.some((head) => /other\.service|unrelated/.test(head)),
    'not what has no kexec',
  );
  t.equal(new Set(heads).size, heads.length, 'nothing is sent twice');
});

void t.test('a list has the same records without content', async (t) => {
  const root = plantDebian(open(t));
  for (const shell of shells) {
    const list = (await run(root, { shell, options: ['--list'] })).toString();
    const heads = recordsOf(await run(root, { shell })).map(({ head }) => `${head}\n`);
    t.equal(list, heads.join(''));
  }
});

void t.test('odd names break nothing', async (t) => {
  const entries = '/boot/loader/entries';
  const root = plantDebian(open(t), {
    files: {
      [`${entries}/with blanks  twice.conf`]: 'title a\n',
      [`${entries}/-n.conf`]: 'title b\n',
      [`${entries}/back\\slash\\n.conf`]: 'title c\n',
      [`${entries}/grüße-日本.conf`]: 'title d\n',
      [`${entries}/line\nfeed.conf`]: 'title e\n',
      [`${entries}/tab\tand\rreturn.conf`]: 'title f\n',
      [`${entries}/*.conf`]: 'title g\n',
      [`${entries}/$(touch x)\`id\`.conf`]: 'title h\n',
      [`${entries}/up.conf`]: 'linux /../boot//./other-kernel\ninitrd ../../etc/fstab  /one /two\n',
      [`${entries}/%s%n.conf`]: 'title i\n',
      '/boot/other-kernel': 'k',
      '/boot/one': '1',
      '/boot/two': '2',
      '/usr/local/bin/my script': '#!/bin/sh\nkexec -e\n',
      '/boot/loader/random-seed': 'x'.repeat(32),
      '/boot/loader/loop': '→loop',
      '/boot/loader/a': '→b',
      '/boot/loader/b': '→a',
      '/boot/loader/outside': '→../../../../../../etc/fstab',
    },
  });
  const streams = [];
  for (const shell of shells) streams.push((await run(root, { shell })).toString('latin1'));
  for (const [index, stream] of streams.entries()) t.ok(stream === streams[0], `shell ${index}`);
  const records = recordsOf(Buffer.from(streams[0] ?? '', 'latin1'));
  const contentOf = (name: string) =>
    records
      .find(({ head }) => head.startsWith('file') && head.endsWith(` ${name}`))
      ?.content?.toString();
  t.equal(contentOf(`${entries}/with blanks  twice.conf`), 'title a\n');
  t.equal(contentOf(`${entries}/-n.conf`), 'title b\n');
  t.equal(contentOf(`${entries}/back\\slash\\n.conf`), 'title c\n');
  t.equal(contentOf(`${entries}/grüße-日本.conf`), 'title d\n');
  t.equal(contentOf(`${entries}/*.conf`), 'title g\n');
  t.equal(contentOf(`${entries}/$(touch x)\`id\`.conf`), 'title h\n');
  t.equal(contentOf(`${entries}/%s%n.conf`), 'title i\n');
  t.equal(contentOf('/usr/local/bin/my script'), '#!/bin/sh\nkexec -e\n');
  t.equal(contentOf('/boot/one'), '1');
  t.equal(contentOf('/boot/two'), '2');
  const heads = records.map(({ head }) => head);
  t.ok(heads.includes(`lack odd-name ${entries}/line?feed.conf`));
  t.ok(heads.includes(`lack odd-name ${entries}/tab?and?return.conf`));
  t.notOk(heads.some((head) => /random-seed|\.\.\/|\/\//.test(head)));
  t.match(heads.at(-1), /^end \d+$/);

  const directory = t.testdir({ raw: Buffer.from(streams[0] ?? '', 'latin1') });
  const manifest = await capture({ file: join(directory, 'raw') }, join(directory, 'out.tar'), {
    cache: join(directory, 'cache'),
    today: '2026-11-28',
  });
  t.ok(manifest.entries.length > 30);
});

void t.test("of GRUB's modules, those that its menu needs are taken", async (t) => {
  const root = open(t);
  const modules = '/boot/grub/arm64-efi';
  plant(root, {
    '/boot/grub/grub.cfg': 'insmod xfs\nmenuentry x {\n\tlinux /vmlinuz root=UUID=a\n}\n',
    [`${modules}/moddep.lst`]:
      'normal: crypto\nxfs: fshelp\nfshelp:\nzfs: crypto\nlinux: boot fdt\n',
    [`${modules}/command.lst`]: '*linux: linux\n*zfs-bootfs: zfsinfo\nmenuentry: normal\n',
    ...Object.fromEntries(
      ['normal', 'crypto', 'xfs', 'fshelp', 'zfs', 'linux', 'boot', 'fdt', 'terminal'].map(
        (name) => [`${modules}/${name}.mod`, name],
      ),
    ),
  });
  const streams = await Promise.all(shells.map((shell) => run(root, { shell })));
  for (const stream of streams) t.ok(stream.equals(streams[0] ?? Buffer.alloc(0)));
  const names = recordsOf(streams[0] ?? Buffer.alloc(0)).flatMap(
    ({ head }) => /(\w+)\.mod$/.exec(head)?.[1] ?? [],
  );
  t.same(names.sort(), [
    ...['boot', 'crypto', 'fdt', 'fshelp', 'linux', 'normal', 'terminal', 'xfs'],
  ]);
});

void t.test('what cannot be read is named', async (t) => {
  const root = plantDebian(open(t), { files: { '/boot/efi/EFI/debian/grub.cfg': 'x' } });
  chmodSync(join(root, `/boot/vmlinuz-${release}`), 0);
  chmodSync(join(root, '/etc/crypttab'), 0);
  chmodSync(join(root, '/boot/efi'), 0);
  chmodSync(join(root, '/etc/initramfs-tools/hooks'), 0);
  for (const shell of shells) {
    const records = recordsOf(await run(root, { shell }));
    const lacks = records.flatMap(({ head }) => (head.startsWith('lack') ? [head.slice(5)] : []));
    t.strictSame(lacks.sort(), [
      'unreadable /boot/efi',
      `unreadable /boot/vmlinuz-${release}`,
      'unreadable /etc/crypttab',
      'unreadable /etc/initramfs-tools/hooks',
    ]);
  }
  chmodSync(join(root, '/boot/efi'), 0o755);
  chmodSync(join(root, '/etc/initramfs-tools/hooks'), 0o755);
});

void t.test('a file that changes while it is read never gives a wrong server file', async (t) => {
  const directory = open(t);
  const root = plantDebian(directory);
  const tools = join(directory, 'tools');
  mkdirSync(tools);
  for (const [name, change] of Object.entries({
    shrinks: '/usr/bin/head -c 20 "$4"',
    vanishes: 'cat "$4.gone"',
    grows: 'cat "$4" "$4"',
    keeps: '/usr/bin/head "$@"',
  })) {
    // A `head` that behaves as if the file had changed after its size was read.
    const fake = `#!/bin/sh\ncase $3 in *vmlinuz-6.1.0-28*) set -- "$1" "$2" x "$3"; ${change.replace('"$@"', '"$1" "$2" "$4"')} ;; *) exec /usr/bin/head "$@" ;; esac\n`;
    writeFileSync(join(tools, 'head'), fake, { mode: 0o755 });
    const { stdout } = await execa('dash', [script, '--root', root], {
      encoding: 'buffer',
      stripFinalNewline: false,
      reject: false,
      env: { PATH: `${tools}:${process.env['PATH'] ?? ''}` },
    });
    const raw = join(directory, `${name}.raw`);
    writeFileSync(raw, stdout);
    const cache = join(directory, 'cache');
    const made = capture({ file: raw }, join(directory, `${name}.tar`), {
      cache,
      today: '2026-11-28',
    });
    if (name === 'keeps') await made;
    else await t.rejects(made, { message: /damaged at byte \d+/, place: raw }, name);
    t.equal(readdirSync(directory).includes(`${name}.tar`), name === 'keeps', name);
    t.strictSame(readdirSync(cache), [], 'no temporary files');
  }
});

void t.test('arguments', async (t) => {
  const say = async (...options: string[]) => {
    const { exitCode, stderr } = await execa('dash', [script, ...options], { reject: false });
    return `${stderr} (${String(exitCode)})`;
  };
  t.match(await say('--what'), /unknown argument --what \(2\)/);
  t.match(await say('--root', '/nonexistent'), /\/nonexistent is not a directory \(2\)/);
  t.match(await say('--root'), / \(2\)$/);
  const directory = open(t);
  plant(directory, { '/etc/hostname': hostName });
  const empty = recordsOf(await run(directory));
  t.strictSame(
    empty.map(({ head }) => head.split(' ')[0]),
    ['kexec-lab-capture', 'text', 'end'],
  );
});
