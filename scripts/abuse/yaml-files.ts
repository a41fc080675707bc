import type { AbuseKind } from './abuse-case.ts';
import { sparse, write } from './files.ts';

const least = 'title: A title\nstory: A story.\narch: [aarch64]\nexpect: { outcome: booted }\n';

/** Nine levels of ten aliases each. */
const aliases = Array.from({ length: 9 }, (_, level) => {
  const values = level === 0 ? Array(10).fill('lol') : Array(10).fill(`*a${level - 1}`);
  return `a${level}: &a${level} [${values.join(', ')}]\n`;
}).join('');

/** Scenario files that take long to understand, or never end. */
export const yamlFiles: AbuseKind = {
  name: 'yaml',
  make({ directory }) {
    const many = (form: (index: number) => string, number = 60_000) =>
      Array.from({ length: number }, (_, index) => form(index)).join('');
    const texts: Record<string, string | Buffer> = {
      '60,000 keys': many((index) => `key${index}: value\n`),
      '60,000 keys behind a good scenario': least + many((index) => `key${index}: value\n`, 55_000),
      'the same key 60,000 times': many(() => 'title: again\n'),
      '60,000 tags': `${least}boot: { tags: {${many((index) => `k${index}: v, `)}} }\n`,
      '60,000 labels': `${least}labels: [${many((index) => `a${index}, `)}]\n`,
      '60,000 wrong labels': `${least}labels: [${many(() => '_, ')}]\n`,
      '60,000 architectures': `title: a\nstory: b\nexpect: { outcome: booted }\narch: [${many(() => 'x86, ')}]\n`,
      '60,000 steps': `${least}steps: [${many(() => '{reset: 1}, ', 50_000)}]\n`,
      '60,000 anchors': `${least}${many((index) => `k${index}: &a${index} 1\n`, 50_000)}`,
      '100,000 list items of one letter': `${least}labels:\n${many(() => '- a\n', 250_000)}`,
      'an alias bomb': `${least}${aliases}`,
      'an alias bomb in the tags': `${least}boot:\n  tags:\n${aliases.replace(/^/gm, '    ').trimEnd()}\n`,
      'an alias of itself': `${least}boot: &a { tags: *a }\n`,
      'merge keys that go round': `${least}boot: &a { <<: *a }\n`,
      '100,000 brackets': '['.repeat(100_000),
      '100,000 braces': '{a: '.repeat(100_000),
      '100,000 dashes': `${'- '.repeat(100_000)}a`,
      'indented 1,000 levels': many((index) => `${' '.repeat(index)}a:\n`, 1000),
      'a key of 900 KB': `${'k'.repeat(900_000)}: 1\n`,
      'a story of 900 KB': least.replace('A story.', 's'.repeat(900_000)),
      '900 KB of comments': `${'#\n'.repeat(450_000)}${least}x: 1\n`,
      '900 KB of documents': '---\n'.repeat(225_000),
      '900 KB of anchors in one line': `a: ${'&a '.repeat(300_000)}`,
      '900 KB of exclamation marks': `a: ${'!'.repeat(900_000)}`,
      '900 KB of quotes': '"'.repeat(900_000),
      '900 KB of question marks': '? '.repeat(450_000),
      '900 KB of NUL': Buffer.alloc(900_000),
      '900 KB that are not UTF-8': Buffer.alloc(900_000, 0xff),
      'a little more than 1 MiB': '#'.repeat(2 ** 20 + 1),
      'a billion seconds': `${least}limits: { total: 1e308 }\n`,
      'not a number': `${least}limits: { total: .nan }\n`,
      'a title of escape sequences': `${least.replace('A title', '"\\e[2J\\e]0;x\\a"')}unknown: 1\n`,
      'a key of escape sequences': `${least}"\\e[2J##vso[task.setvariable variable=a]b": 1\n`,
      'an unknown tag': `${least}x: !!js/function 'x'\n`,
      __proto__: `${least}__proto__: { a: 1 }\nconstructor: 2\n`,
      'a regular expression bomb':
        least.replace('A title', `"${'a-'.repeat(50)}!"`) +
        `labels: ["${'a-'.repeat(200_000)}!"]\n`,
      nothing: '',
    };
    const cases = Object.entries(texts).map(([name, text], index) => ({
      name,
      words: ['run', write(directory, `scenario-${index}.yaml`, text), '--dry-run'],
      codes: name === 'a story of 900 KB' ? [0] : [2],
      says: name === 'a story of 900 KB' ? /^/ : /scenario-\d+\.yaml(:\d+:\d+)?: /,
    }));
    return [
      ...cases,
      {
        name: 'a sparse file of 1 TiB',
        words: ['run', sparse(directory, 'tera.yaml', 2 ** 40)],
        codes: [2],
      },
      {
        name: 'a directory of 2,000 scenarios',
        words: ['list', '--scenarios', manyFiles(directory)],
        codes: [2],
      },
    ];
  },
};

function manyFiles(directory: string): string {
  for (let index = 0; index < 2000; index++) write(directory, `many/s${index}.yaml`, 'x');
  return `${directory}/many`;
}
