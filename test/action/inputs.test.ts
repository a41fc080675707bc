import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { linesOf, wordsOf, readInputs } from '../../src/action/inputs.ts';
import { commandLineOf } from '../../src/action/run.ts';

const request = (inputs: Record<string, string>) => readInputs(JSON.stringify(inputs));

t.test('what is empty was not given', (t) => {
  const { words } = commandLineOf(request({ command: '', what: ' \n', kernel: '' }), undefined);
  const reports = ['github', 'junit=runs/junit.xml', 'html=runs/report.html'];
  const reporters = reports.map((reporter) => `--reporter=${reporter}`);
  t.strictSame(words, ['run', '--with-deps', '--out=runs', ...reporters, '--', 'quick']);
  t.end();
});

t.test('an input of action.yml is one the program knows, and the other way round', (t) => {
  const { inputs } = parse(readFileSync('action.yml', 'utf8')) as { inputs: object };
  for (const name of Object.keys(inputs)) {
    if (name === 'command') continue;
    const taken = ['run', 'check', 'preflight'].filter((command) => {
      try {
        return request({ command, [name]: '1' });
      } catch {
        return false;
      }
    });
    t.ok(taken.length > 0, name);
  }
  t.throws(() => request({ nonsense: 'x' }), {
    name: 'UsageError',
    place: 'input "nonsense"',
    hint: undefined,
  });
  t.end();
});

t.test('every workflow that is shown gives the Action what it takes', (t) => {
  const own = '.github/workflows/kexec-lab.yml';
  const pages = ['README.md', 'docs/ci.md'].flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
  });
  const files = ['examples/gate.yml', 'examples/gate-pull-request.yml', own].map((file) =>
    readFileSync(file, 'utf8'),
  );
  const given = [...pages, ...files].flatMap((text) => withOf(parse(text)));
  t.equal(given.length, 9);
  for (const inputs of given) t.doesNotThrow(() => request(inputs));
  t.end();
});

/** The inputs of each step of a workflow, or of a part of one, that uses the Action; and of a `with` that stands alone. */
function withOf(value: unknown): Record<string, string>[] {
  if (typeof value !== 'object' || value === null) return [];
  const step = value as { uses?: string; with?: Record<string, string> };
  const isOurs = step.uses === undefined || /^(OWNER\/kexec-lab@v1|\.\/)$/.test(step.uses);
  if (Object.hasOwn(step, 'with') && step.with !== undefined) return isOurs ? [step.with] : [];
  return Object.values(value).flatMap(withOf);
}

t.test('words stand on any number of lines, with comments and quotes', (t) => {
  const cases: [text: string, words: string[]][] = [
    ['', []],
    ['quick', ['quick']],
    ['a b\n\n  c\t d \r\n', ['a', 'b', 'c', 'd']],
    ['# a comment\na # and another\n#\nb', ['a', 'b']],
    ['https://x/y#sha256=1 a#b', ['https://x/y#sha256=1', 'a#b']],
    ['"./my boots/a.yaml" ./\'other boots\'/b.yaml', ['./my boots/a.yaml', './other boots/b.yaml']],
    [`"it's" 'a "b"' ""`, ["it's", 'a "b"', '']],
    ['arm-* $HOME `id` ~ \\', ['arm-*', '$HOME', '`id`', '~', '\\']],
  ];
  for (const [text, words] of cases) t.strictSame(wordsOf(text), words, JSON.stringify(text));
  t.end();
});

t.test('a quote without its end is refused, with its line', (t) => {
  for (const text of ['a\n"b', "a\nb c'd", 'a\n"b" \'', 'a\nb"'])
    t.throws(() => wordsOf(text), { name: 'UsageError', message: /\b2\b/ }, text);
  t.end();
});

t.test('lines are taken whole', (t) => {
  t.strictSame(linesOf('# mine\n my boots \n\n"quoted"\n'), ['my boots', '"quoted"']);
  t.end();
});
