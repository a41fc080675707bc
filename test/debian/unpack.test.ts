import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sweepTree } from '../../src/debian/deb-file.ts';

t.test('what leads out of a tree, or is no file, is removed from it', async (t) => {
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
