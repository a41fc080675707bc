/**
 * `npm run build:types`: the types of what `import … from 'kexec-lab'` gives, in dist/types/. Only the declarations that
 * src/index.ts leads to are kept: those need no types of Node.js, and of packages only zod.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const made = await mkdtemp(join(root, '.types-'));
try {
  const declarations = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly'];
  const files = ['--ignoreConfig', 'src/index.ts', '--rootDir', 'src', '--outDir', made];
  const how = ['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--strict'];
  const imports = ['--allowImportingTsExtensions', '--rewriteRelativeImportExtensions'];
  await execa('tsc', [...files, ...declarations, ...how, ...imports, '--skipLibCheck'], {
    cwd: root,
    preferLocal: true,
    stdio: 'inherit',
  });
  const kept = new Map<string, string>();
  await keep(join(made, 'index.d.ts'), kept);
  const types = join(root, 'dist/types');
  await rm(types, { recursive: true, force: true });
  for (const [file, text] of kept) {
    const target = join(types, relative(made, file));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
} finally {
  await rm(made, { recursive: true, force: true });
}

/** Keeps a declaration file and all it imports, its imports written as those who use the package resolve them. */
async function keep(file: string, kept: Map<string, string>): Promise<void> {
  if (kept.has(file)) return;
  const text = await readFile(file, 'utf8');
  const relativeImport = /(from |import\()(["'])(\.[^"']+)\.ts\2/g;
  kept.set(file, text.replace(relativeImport, '$1$2$3.js$2'));
  for (const [, , , name = ''] of text.matchAll(relativeImport))
    await keep(join(dirname(file), `${name}.d.ts`), kept);
}
