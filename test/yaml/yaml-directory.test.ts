import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import * as z from 'zod';
import { YamlDirectory } from '../../src/yaml/yaml-directory.ts';

const shape = z.strictObject({ size: z.int() });

t.test('a file is read when it is asked for, and once', (t) => {
  const broken = 'size: large\n';
  const directory = t.testdir({
    'b.yaml': 'size: 1\n',
    'a.yaml': broken,
    'notes.txt': 'something else',
  });
  const files = new YamlDirectory(directory, shape);
  t.same([...files.keys()], ['a', 'b']);
  t.equal(files.has('notes'), false);
  t.equal(files.get('notes'), undefined);
  const first = files.get('b');
  t.same(first, { size: 1 }, 'the broken one beside it is not looked at');
  writeFileSync(join(directory, 'b.yaml'), broken);
  t.equal(files.get('b'), first);
  t.throws(() => [...files], {
    exitCode: 2,
    message: `${join(directory, 'a.yaml')}:1:7: size: `,
  });
  t.end();
});

t.test('a missing directory matters only when its files are requested', (t) => {
  const files = new YamlDirectory(join(t.testdir(), 'nowhere'), shape);
  t.throws(() => files.get('a'), { code: 'ENOENT' });
  t.end();
});
