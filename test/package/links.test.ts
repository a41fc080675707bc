import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { execa } from 'execa';
import t from 'tap';

const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
const packed = new Set(files.map(({ path }) => path));

type Page = { links: string[]; anchors: Set<string> };

/** The links of a page outside code, and the anchors that GitHub gives its headings. */
function read(text: string): Page {
  const prose = text
    .replaceAll(/^ *(```+)[^\n]*\n.*?^ *\1`*$/gms, '')
    .replaceAll(/<!--.*?-->/gs, '');
  const seen = new Map<string, number>();
  const anchors = [...prose.matchAll(/^#+ +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  const links = prose
    .replaceAll(/`[^`]*`/g, '')
    .matchAll(/\]\(\s*<?([^)>\s]+)|(?:src|href)="([^"]+)"|^\[[^\]]+\]: +(\S+)/gm);
  return {
    links: [...links].map(([, inline, html, reference]) => inline ?? html ?? reference ?? ''),
    anchors: new Set(anchors),
  };
}

/** The links of a page that lead nowhere in the package. */
function broken(file: string, pageOf: (file: string) => Page): string[] {
  return pageOf(file).links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path)).replace(/\/$/, '');
    if (![...packed].some((each) => each === target || each.startsWith(`${target}/`))) return true;
    return anchor !== undefined && target.endsWith('.md') && !pageOf(target).anchors.has(anchor);
  });
}

const pageOf = (file: string) => read(readFileSync(file, 'utf8'));

t.test('every link in the package leads to a file and a heading in it', (t) => {
  const pages = [...packed].filter((file) => file.endsWith('.md'));
  t.ok(pages.includes('README.md') && pages.includes('docs/diagnose.md'));
  for (const file of pages) t.strictSame(broken(file, pageOf), [], file);
  t.end();
});

t.test('a broken link is found', (t) => {
  const text = '# A page\n\n[a](docs/check.md), [b](docs/none.md), [c](#a-page), [d](#none)';
  const page = `${text}, [e](docs/ci.md#none), [f](src/arch.ts)\n\n\`[g](none)\`\n`;
  const found = broken('README.md', (file) => (file === 'README.md' ? read(page) : pageOf(file)));
  t.strictSame(found, ['docs/none.md', '#none', 'docs/ci.md#none', 'src/arch.ts']);
  t.end();
});
