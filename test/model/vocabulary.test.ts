import { build } from 'esbuild';
import t from 'tap';

t.test('the library and the start of the program do not load zod', async (t) => {
  const { metafile } = await build({
    entryPoints: ['src/index.ts', 'src/cli/main.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: 'unused',
    write: false,
    metafile: true,
  });
  const { outputs } = metafile;
  /** What a file loads as soon as it is loaded, without dynamic imports. */
  const sourcesOf = (file: string, seen = new Set<string>()): string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    const { inputs = {}, imports = [] } = outputs[file] ?? {};
    const loaded = imports.filter(({ kind }) => kind === 'import-statement');
    return [...Object.keys(inputs), ...loaded.flatMap(({ path }) => sourcesOf(path, seen))];
  };
  for (const entry of ['unused/index.js', 'unused/cli/main.js']) {
    const sources = sourcesOf(entry);
    t.not(sources.length, 0, entry);
    t.strictSame(
      sources.filter((source) => source.includes('node_modules/zod/')),
      [],
      entry,
    );
  }
});
