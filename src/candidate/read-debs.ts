import type { Arch } from '../arch.ts';
import { arches, architectures, archWith } from '../arch.ts';
import { listDeb, readDebControl } from '../debian/deb-file.ts';
import { UsageError } from '../errors.ts';
import { mostKernelBytes } from '../formats/kernel.ts';
import type { TarMember } from '../formats/tar.ts';
import { sizeInWords } from '../host/user-file.ts';

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
  const members: TarMember[] = [];
  for (const [index, file] of files.entries()) {
    const name = names[index] ?? file;
    const { architecture } = await named(`--kernel ${name}`, readDebControl(file, signal));
    if (architecture !== 'all') found.set(architecture, name);
    members.push(...(await named(`--kernel ${name}`, listDeb(file, signal))));
  }
  const [architecture, other] = found.keys();
  const all = names.join(',');
  if (other !== undefined)
    throw new UsageError(`--kernel ${all}: one package is for ${architecture}, one for ${other}`);
  const arch = archOf(architecture, `--kernel ${all}`);
  const kernels = members.filter(({ name }) => kernelPath.test(name));
  const [kernel] = kernels;
  if (kernel === undefined)
    throw new UsageError(`--kernel ${all}: there is no kernel in ${hintOf(files)}`, {
      hint: 'From Debian 14 on it is in linux-binary-…, its modules in linux-modules-…, its configuration in linux-base-…; before that all was in linux-image-….',
    });
  if (!kernels.some(isFileOrLink))
    throw new UsageError(`--kernel ${all}: ${kernel.name} in it is a ${kernel.kind}, not a file`);
  const large = kernels.find(({ size }) => size > mostKernelBytes);
  if (large !== undefined)
    throw new UsageError(
      `--kernel ${all}: ${large.name} in it is larger than ${sizeInWords(mostKernelBytes)}`,
    );
  return arch;
}

/** Where a link leads is only seen when it is unpacked. */
function isFileOrLink({ kind, size }: TarMember): boolean {
  return (kind === 'file' && size > 0) || kind === 'link' || kind === 'hard link';
}

const kernelPath = /^\/(?:boot\/vmlinuz-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/;

/** Looks at a package of kexec-tools and returns what it is for. Throws UsageError when it is none. */
export async function readToolsDeb(file: string, signal?: AbortSignal): Promise<Arch> {
  const option = '--kexec-tools';
  const { architecture } = await named(`${option} ${file}`, readDebControl(file, signal));
  const members = await named(`${option} ${file}`, listDeb(file, signal));
  const isProgram = ({ name, kind }: TarMember) =>
    kind === 'file' && /^\/(usr\/)?sbin\/kexec$/.test(name);
  if (!members.some(isProgram))
    throw new UsageError(`${option} ${file}: there is no program kexec in it`);
  return archOf(architecture, `${option} ${file}`);
}

function archOf(architecture: string | undefined, what: string): Arch {
  const arch = architecture === undefined ? undefined : archWith('debian', architecture);
  if (arch !== undefined) return arch;
  const wanted = arches.map((known) => architectures[known].debian).join(' or ');
  throw new UsageError(
    `${what}: this is a package for ${architecture ?? 'all'}, not for ${wanted}`,
  );
}

function hintOf(files: readonly string[]): string {
  return files.length === 1 ? 'this package' : 'these packages';
}

/** What is wrong with a package, with its place. */
async function named<T>(place: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, { place, cause: error });
  });
}
