import { readdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import ts from 'typescript';

/** How many lines a file has, and how many of them were run. */
export type Lines = { total: number; run: number };

const end = 'end_of_record\n';

type Maps = {
  'source-map-cache'?: Record<string, { data: { sourcesContent?: unknown[] } | null }>;
};

/**
 * A record of V8's coverage without the lists of sources that hold no text, which tsx writes into its maps: c8 takes `null`
 * for a source without lines. It reads the file where the list is missing.
 */
export function readableMaps(record: string): string {
  const parsed = JSON.parse(record) as Maps;
  for (const { data } of Object.values(parsed['source-map-cache'] ?? {}))
    if (data?.sourcesContent?.includes(null)) delete data.sourcesContent;
  return JSON.stringify(parsed);
}

/** The records of an lcov file that are about sources, with paths relative to `root`. */
export function lcovOfSources(lcov: string, root: string): string {
  return lcov
    .split(end)
    .map((record) =>
      record.replace(/^SF:(.*)$/m, (_, file: string) => {
        return `SF:${isAbsolute(file) ? relative(root, file) : file}`;
      }),
    )
    .filter((record) => /^SF:src\//m.test(record))
    .map((record) => record + end)
    .join('');
}

/** The lines of every file in src/; those of a file that is not in the lcov file were not run. */
export function linesPerFile(lcov: string, root: string): Map<string, Lines> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file))
    .sort();
  const measured = new Map(
    lcov.split(end).flatMap((record): [string, Lines][] => {
      const file = /^SF:(.*)$/m.exec(record)?.[1];
      if (file === undefined) return [];
      const number = (key: string) => Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1]);
      return [[file, { total: number('LF'), run: number('LH') }]];
    }),
  );
  const unloaded = (file: string): Lines => {
    const text = readFileSync(join(root, file), 'utf8');
    return { total: isTypesAlone(text) ? 0 : text.split('\n').length - 1, run: 0 };
  };
  return new Map(files.map((file) => [file, measured.get(file) ?? unloaded(file)]));
}

/** Nothing is left of such a file when it runs. */
function isTypesAlone(text: string): boolean {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, removeComments: true },
  });
  return outputText.trim() === 'export {};';
}

const share = ({ total, run }: Lines): number => (total === 0 ? 100 : (100 * run) / total);

const row = (name: string, lines: Lines): string =>
  `${name.padEnd(34)}${String(lines.total).padStart(7)}${share(lines).toFixed(1).padStart(8)} %`;

const sum = (all: Lines[]): Lines => ({
  total: all.reduce((before, { total }) => before + total, 0),
  run: all.reduce((before, { run }) => before + run, 0),
});

/** The share of lines that were run: per folder, in all, and of each file below `low` per cent. */
export function coverageTable(files: ReadonlyMap<string, Lines>, low = 60): string {
  const folders = new Map<string, Lines[]>();
  for (const [file, lines] of files)
    folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), lines]);
  const below = [...files].filter(([, lines]) => share(lines) < low);
  return [
    `${'folder'.padEnd(34)}${'lines'.padStart(7)}${'run'.padStart(10)}`,
    ...[...folders]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([folder, members]) => row(folder, sum(members))),
    row('all of src', sum([...files.values()])),
    '',
    below.length === 0 ? `No file is below ${low} %.` : `Below ${low} %:`,
    ...below.map(([file, lines]) => row(file, lines)),
  ].join('\n');
}
