import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UnavailableError } from '../../errors.ts';
import { fileExists } from '../../host/files.ts';
import { runTool } from '../../host/processes.ts';

/**
 * Copies the named modules and their dependencies from an unpacked kernel's `lib/modules/<release>` to the same path under
 * `target`, decompressed and indexed for modprobe. Modules that are built into the kernel are skipped.
 * Throws UnavailableError for a module that the kernel lacks, unless `lenient` is set: then it is left out.
 */
export async function copyModules(
  modules: string,
  target: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
  { lenient = false } = {},
): Promise<void> {
  const release = path.basename(modules);
  await runTool('depmod', ['-b', path.resolve(modules, '../../..'), release], { signal });
  const dependencies = parseModulesDep(await readFile(path.join(modules, 'modules.dep'), 'utf8'));
  const list = path.join(modules, 'modules.builtin');
  const builtIn = lenient && !(await fileExists(list)) ? '' : await readFile(list, 'utf8');
  const builtInNames = new Set(builtIn.split('\n').map(moduleName));

  const destination = path.join(target, 'lib/modules', release);
  // depmod needs the directory even if there are no modules.
  await mkdir(destination, { recursive: true });
  // A set: modules share dependencies, and a decompressed file cannot be decompressed again.
  const files = new Set<string>();
  for (const name of names) {
    if (builtInNames.has(moduleName(name))) continue;
    const own = [...dependencies.keys()].find((file) => moduleName(file) === moduleName(name));
    if (own === undefined && lenient) continue;
    if (own === undefined) throw new UnavailableError(`kernel ${release} has no module ${name}`);
    for (const file of [own, ...(dependencies.get(own) ?? [])]) files.add(file);
  }
  for (const file of files)
    await copyModule(path.join(modules, file), path.join(destination, file), signal);
  for (const index of ['modules.builtin', 'modules.order'])
    if (await fileExists(path.join(modules, index)))
      await cp(path.join(modules, index), path.join(destination, index));
  await runTool('depmod', ['-b', target, release], { signal });
}

/** Parses modules.dep: a module's file, a colon, and the files of all its direct and indirect dependencies. */
export function parseModulesDep(text: string): Map<string, string[]> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [file = '', rest = ''] = line.split(':');
        return [file, rest.split(' ').filter((name) => name !== '')];
      }),
  );
}

/** A module's name from its file. The kernel treats `-` and `_` in module names as equal. */
export function moduleName(file: string): string {
  return path
    .basename(file)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

async function copyModule(source: string, target: string, signal: AbortSignal | undefined) {
  await mkdir(path.dirname(target), { recursive: true });
  await cp(source, target);
  // The host decompresses modules once, so that the emulated CPU never has to.
  const [tool, ...args] = decompressors[path.extname(target)] ?? [];
  if (tool !== undefined) await runTool(tool, [...args, target], { signal });
}

/** By the extension of a compressed module. The tools remove the compressed file. */
const decompressors: Record<string, string[]> = {
  '.gz': ['gzip', '--decompress'],
  '.xz': ['xz', '--decompress'],
  '.zst': ['zstd', '--decompress', '--quiet', '--rm'],
};
