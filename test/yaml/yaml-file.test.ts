import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import * as z from 'zod';
import { readYamlFile } from '../../src/yaml/yaml-file.ts';

const shape = z.strictObject({ size: z.int() });

t.test('a file of more values than any has is refused where it becomes too large', (t) => {
  const file = join(t.testdir({}), 'a.yaml');
  const message = (text: string): string => {
    writeFileSync(file, text);
    try {
      readYamlFile(file, shape);
    } catch (error) {
      return (error as Error).message.replaceAll(`${file}:`, '');
    }
    return 'nothing was refused';
  };
  const keys = Array.from({ length: 60_000 }, (_, index) => `key${index}: value\n`).join('');
  t.match(message(keys), /^\d{4}:\d+: .* 20000 .*$/);
  t.match(message('['.repeat(100_000)), /^1:\d+: .* 20000 /);
  t.match(message('# a comment\nsize: 1\nother: 2\n'), /^3:1: .*"other"/);
  const some = Array.from({ length: 100 }, (_, index) => `key${index}: value\n`).join('');
  const lines = message(some).split('\n');
  t.equal(lines.length, 21, 'the number of problems shown is limited');
  for (const line of lines.slice(0, 20)) t.match(line, /^\d+:\d+: /);
  t.notMatch(lines.at(-1), /\d/, 'but that there are more');
  t.end();
});
