/**
 * `npm run build`: the program as users have it, in dist/. It is bundled with what it imports, because a command that
 * loads hundreds of small modules starts 0.1 s later, and because the GitHub Action then runs without installing anything.
 * Each subcommand stays a file of its own, loaded when it is asked for.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { createProgram } from '../src/cli/program.ts';
import { schemas } from '../src/cli/schema.ts';
import entryPoints from './entry-points.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

// Built aside and put into place in one step: what runs out of dist/ meanwhile loads its commands from there.
const made = await mkdtemp(join(root, '.dist-'));
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints,
  outdir: made,
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: 'linked',
  // The names and lines of the sources are enough for a stack trace; the sources would double the package.
  sourcesContent: false,
  // CommonJS packages ask for Node's own modules with this.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
await chmod(made, 0o755);
await chmod(join(made, 'cli/main.js'), 0o755);
await writeFile(join(made, 'THIRD-PARTY-LICENSES'), await licensesOf(metafile));
await writeSchemas(join(made, 'schemas'));
const old = join(made, 'old');
await rename(dist, old).catch(() => undefined);
await rename(made, dist);
await rm(join(dist, 'old'), { recursive: true, force: true });

/** The JSON Schema of every file the lab writes or reads, for `import … from 'kexec-lab/schemas/NAME.json'`. */
async function writeSchemas(directory: string): Promise<void> {
  await mkdir(directory);
  for (const schema of schemas) {
    const text = `${JSON.stringify(await schema.load(() => createProgram(() => true)), null, 2)}\n`;
    await writeFile(join(directory, `${schema.name}.json`), text);
  }
}

/** The licenses of the packages in the bundle, which they want to be handed on with them. */
async function licensesOf({ inputs }: Metafile): Promise<string> {
  // The directory of a package, at any depth: `node_modules/execa`, `node_modules/@xterm/headless`.
  const packagePattern = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
  const packages = Object.keys(inputs).flatMap((file) => packagePattern.exec(file)?.[0] ?? []);
  const texts = [...new Set(packages)].sort().map(async (directory) => {
    const name = directory.replace(/^.*node_modules\//, '');
    return `${name}\n\n${(await licenseOf(directory, name)).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

/** A package's license; of those that come without the text of it, the text is kept in scripts/licenses/. */
async function licenseOf(directory: string, name: string): Promise<string> {
  const files = await readdir(join(root, directory));
  const license = files.find((file) => /^licen[cs]e/i.test(file));
  const kept = join('scripts/licenses', `${name.replace('/', '-')}.txt`);
  return readFile(join(root, license === undefined ? kept : join(directory, license)), 'utf8');
}
