import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { ar, deb, tar, tarHeader, tarMember, type Member } from '../../scripts/abuse/archives.ts';
import { sweepTree, listDeb, readDebControl } from '../../src/debian/deb-file.ts';

const longName = `./usr/share/${'long/'.repeat(60)}name`;

t.test('what a package says of itself, and what is in it', async (t) => {
  const file = join(t.testdir({}), 'a.deb');
  const long: Member[] = [{ name: '././@LongLink', content: `${longName}\0`, type: 'L' as never }];
  writeFileSync(
    file,
    deb([
      { name: './boot/', type: '5', mode: 0o755 },
      { name: './boot/vmlinuz', content: 'x'.repeat(700) },
      { name: './boot/link', type: '2', link: 'vmlinuz' },
      ...long,
      { name: 'cut', content: 'y' },
    ]),
  );
  t.match(await readDebControl(file), {
    name: 'linux-image-hostile',
    version: '6.9-1',
    architecture: 'arm64',
  });
  t.match(await listDeb(file), [
    { name: '/boot/', kind: 'directory' },
    { name: '/boot/vmlinuz', kind: 'file', size: 700 },
    { name: '/boot/link', kind: 'link', target: 'vmlinuz' },
    { name: longName.slice(1), kind: 'file', size: 1 },
  ]);
});

t.test('members that no kernel package has are refused, and nothing is unpacked', async (t) => {
  const file = join(t.testdir({}), 'a.deb');
  const refusals: string[] = [];
  const refuses = async (content: Buffer, refusal: { message?: RegExp; cause?: object } = {}) => {
    writeFileSync(file, content);
    const error: unknown = await listDeb(file).catch((thrown: unknown) => thrown);
    t.match(error, { name: 'UsageError', ...refusal });
    refusals.push((error as Error).message);
  };
  const kernel = { name: './boot/vmlinuz' };
  await refuses(deb([{ ...kernel, type: '6' }]), { message: / \/boot\/vmlinuz; / });
  await refuses(deb([{ ...kernel, type: '3' }]), { message: / \/boot\/vmlinuz; / });
  await refuses(deb([{ name: '../../x' }]), { message: /: \.\.\/\.\.\/x\b/ });
  await refuses(deb([{ name: '/etc/x' }]), { message: /: \/etc\/x\b/ });
  await refuses(deb([{ ...kernel, type: '1', link: '/etc/passwd' }]), {
    message: /: \/etc\/passwd\b/,
  });
  const claims = (size: number) =>
    gzipSync(tarHeader({ name: './zeros', type: '0', link: '', size, mode: 0o644 }));
  await refuses(deb([], { data: claims(6 * 2 ** 30) }), { message: / 1 GiB: \/zeros\b/ });
  await refuses(deb([], { data: claims(2 ** 62) }), {
    message: /\(a size in the archive is invalid\)/,
  });
  await refuses(deb([], { data: claims(1000) }));
  await refuses(deb([], { data: gzipSync(Buffer.alloc(600, 'x')) }));
  const whole = gzipSync(tar([kernel]));
  const version = { name: 'debian-binary', content: Buffer.from('2.0\n') };
  t.matchSnapshot(refusals.join('\n'), 'refusals of packages');
  await refuses(ar([version, { name: 'data.tar.gz', content: whole }]), {
    cause: { name: 'ToolFailure' },
  });
  const large = gzipSync(tarMember({ name: './control', content: Buffer.alloc(2 ** 20 + 1, 'x') }));
  const control = { name: 'control.tar.gz', content: large };
  writeFileSync(file, ar([version, control, { name: 'data.tar.gz', content: whole }]));
  await t.rejects(readDebControl(file), { exitCode: 2, message: /\bcontrol .* 1 MiB\b/ });
});

t.test('links that lead out of a tree, and special files, are removed from it', async (t) => {
  const directory = t.testdir({ tree: { sub: { file: 'x' } }, outside: 'secret' });
  const tree = join(directory, 'tree');
  const links: Record<string, string> = {
    absolute: '/etc/passwd',
    above: '../outside',
    circle: 'circle',
    nothing: 'missing',
    'over-another': 'above-directory/outside',
    'above-directory': '..',
    inside: 'sub/file',
    'inside-directory': 'sub',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(tree, name));
  execFileSync('mkfifo', [join(tree, 'sub', 'pipe')]);
  mkdirSync(join(tree, 'locked'));
  chmodSync(join(tree, 'locked'), 0);
  chmodSync(join(tree, 'sub', 'file'), 0);
  await sweepTree(tree);
  t.same(readdirSync(tree).sort(), ['inside', 'inside-directory', 'locked', 'sub']);
  t.same(readdirSync(join(tree, 'sub')), ['file']);
  t.equal(readFileSync(join(tree, 'inside'), 'utf8'), 'x', 'what is left can be read');
  t.equal(readFileSync(join(directory, 'outside'), 'utf8'), 'secret');
});
