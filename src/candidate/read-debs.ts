import type { Arch } from '../arch.ts';
import { arches, architectures, archWith } from '../arch.ts';
import { listDeb, readDebControl } from '../debian/deb-file.ts';
import { UsageError } from '../errors.ts';
import { mostKernelBytes } from '../formats/kernel.ts';
import type { TarMember } from '../formats/tar.ts';
import { sizeInWords } from '../host/user-file.ts';

/**
 * Checks the packages of one kernel and returns their architecture. Throws UsageError for a damaged package, for packages
 * of different or unsupported architectures, and if none of them contains a kernel.
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
    throw new UsageError(
      `--kernel ${all}: the packages are for different architectures, ${architecture} and ${other}`,
    );
  const arch = archOf(architecture, `--kernel ${all}`);
  const kernels = members.filter(({ name }) => kernelPath.test(name));
  const [kernel] = kernels;
  if (kernel === undefined)
    throw new UsageError(`--kernel ${all}: no kernel found in ${hintOf(files)}`, {
      hint: 'From Debian 14 on, the kernel is in linux-binary-…, its modules in linux-modules-… and its configuration in linux-base-…. Before, all of it was in linux-image-….',
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

/** The target of a link is checked when the package is unpacked. */
function isFileOrLink({ kind, size }: TarMember): boolean {
  return (kind === 'file' && size > 0) || kind === 'link' || kind === 'hard link';
}

const kernelPath = /^\/(?:boot\/vmlinuz-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/;

/** Checks a kexec-tools package and returns its architecture. Throws UsageError if it is another package. */
export async function readToolsDeb(file: string, signal?: AbortSignal): Promise<Arch> {
  const option = '--kexec-tools';
  const { architecture } = await named(`${option} ${file}`, readDebControl(file, signal));
  const members = await named(`${option} ${file}`, listDeb(file, signal));
  const isProgram = ({ name, kind }: TarMember) =>
    kind === 'file' && /^\/(usr\/)?sbin\/kexec$/.test(name);
  if (!members.some(isProgram))
    throw new UsageError(`${option} ${file}: no kexec program found in this package`);
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

/** Adds the package's name to an error. */
async function named<T>(place: string, reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.message, { place, cause: error });
  });
}
