/**
 * `npm run build`: the program as users have it, in dist/. It is bundled with what it uses, for a command that loads
 * hundreds of small modules starts 0.1 s later; each subcommand stays a file of its own, loaded when it is asked for.
 */
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts', 'src/autopsy/autopsy-process.ts'],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Comes without its license, and few boots need a screen.
  external: ['@xterm/headless'],
  // CommonJS packages ask for Node's own modules with this.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
await chmod(join(dist, 'cli/main.js'), 0o755);
await writeFile(join(dist, 'THIRD-PARTY-LICENSES'), await licensesOf(metafile));

/** The licenses of the packages in the bundle, which they want to be handed on with them. */
async function licensesOf({ inputs }: Metafile): Promise<string> {
  // The directory of a package, at any depth: `node_modules/execa`, `node_modules/@xterm/headless`.
  const packagePattern = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
  const packages = Object.keys(inputs).flatMap((file) => packagePattern.exec(file)?.[0] ?? []);
  const texts = [...new Set(packages)].sort().map(async (directory) => {
    const files = await readdir(join(root, directory));
    const license = files.find((file) => /^licen[cs]e/i.test(file));
    if (license === undefined) throw new Error(`${directory} has no license file`);
    const text = await readFile(join(root, directory, license), 'utf8');
    return `${directory.replace(/^.*node_modules\//, '')}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
