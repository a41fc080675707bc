import { UnavailableError, UsageError } from '../errors.ts';
import { listDeb, readDebControl } from '../image/deb-control.ts';
import { debianArchitectures } from '../image/debian-architectures.ts';
import { arches, type Arch } from '../scenario/scenario.ts';

/**
 * Looks at the packages of one kernel and returns what they are for. Throws UsageError for a damaged one, for packages
 * of different or foreign architectures, and when there is no kernel in any.
 */
export async function readDebs(
  files: readonly string[],
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Arch> {
  const found = new Map<string, string>();
  const paths: string[] = [];
  for (const [index, file] of files.entries()) {
    const name = names[index] ?? file;
    const { architecture } = await unlessDamaged('--kernel', name, readDebControl(file, signal));
    if (architecture !== 'all') found.set(architecture, name);
    paths.push(...(await unlessDamaged('--kernel', name, listDeb(file, signal))));
  }
  const [architecture, other] = found.keys();
  const all = names.join(',');
  if (other !== undefined)
    throw new UsageError(`--kernel ${all}: one package is for ${architecture}, one for ${other}`);
  const arch = archOf(architecture, `--kernel ${all}`);
  if (!paths.some((file) => kernelPath.test(file)))
    throw new UsageError(`--kernel ${all}: there is no kernel in ${hintOf(files)}`, {
      hint: 'From Debian 14 on it is in linux-binary-…, its modules in linux-modules-…, its configuration in linux-base-…; before that all was in linux-image-….',
    });
  return arch;
}

const kernelPath = /^\/(?:boot\/vmlinuz-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/;

/** Looks at a package of kexec-tools and returns what it is for. Throws UsageError when it is none. */
export async function readToolsDeb(file: string, signal?: AbortSignal): Promise<Arch> {
  const option = '--kexec-tools';
  const { architecture } = await unlessDamaged(option, file, readDebControl(file, signal));
  const paths = await unlessDamaged(option, file, listDeb(file, signal));
  if (!paths.some((name) => /^\/(usr\/)?sbin\/kexec$/.test(name)))
    throw new UsageError(`${option} ${file}: there is no program kexec in it`);
  return archOf(architecture, `${option} ${file}`);
}

function archOf(architecture: string | undefined, what: string): Arch {
  const arch = arches.find((known) => debianArchitectures[known] === architecture);
  if (arch !== undefined) return arch;
  const wanted = Object.values(debianArchitectures).join(' or ');
  throw new UsageError(
    `${what}: this is a package for ${architecture ?? 'all'}, not for ${wanted}`,
  );
}

function hintOf(files: readonly string[]): string {
  return files.length === 1 ? 'this package' : 'these packages';
}

async function unlessDamaged<T>(option: string, name: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
    const [words = ''] = error.message.replace(/^dpkg-deb failed: (?:dpkg-deb: )?/, '').split('\n');
    throw new UsageError(`${option} ${name}: this is no whole .deb (${words})`, { cause: error });
  });
}
