import { writeFile } from 'node:fs/promises';
import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../../errors.ts';
import { execaOptions } from '../../host/processes.ts';
import { mapAllUsers, type NamespacePlan } from './namespace.ts';

/** A script of images/ to run as root in private namespaces, and its files. */
type NamespaceJob = {
  /** Names the work in error messages: `installing Debian`. */
  what: string;
  /** A tar archive to unpack into `/mnt` first, a tmpfs that disappears with the namespace. */
  archive: string;
  /** The path of the script in the archive. */
  script: string;
  args: readonly string[];
  /** The file that the script writes through descriptor 3. Created if missing, not truncated. */
  output: string;
  /** The file that the script reads from descriptor 6. */
  material?: string;
  /** Called with each line that the script prints. */
  onLine?: (line: string) => void;
  signal: AbortSignal | undefined;
};

/**
 * Runs in the namespace. When the other end of its standard input closes, everything in the namespace ends. Sets the umask,
 * so that modes do not depend on the user's.
 */
const start = `umask 022
exec 5<&0 </dev/null
{ cat <&5 >/dev/null; kill -KILL -1; } &
exec 5<&-
mount -t tmpfs -o mode=755 tmpfs /mnt &&
  tar --extract --no-same-owner --directory /mnt <&4 && exec 4<&- && exec sh "/mnt/$0" "$@"`;

/** Opens the files outside the namespace, because its root user may not have access to them. */
const openFiles = `output=$1 archive=$2 material=$3; shift 3; exec "$@" 3<>"$output" 4<"$archive" 6<"$material"`;

/**
 * Runs a job as root in private namespaces, where it can mount, chroot and change the owners of files without affecting the
 * host. Throws UnavailableError with the script's own error message if it fails.
 */
export async function runInNamespace(
  { command, mapsAllUsers }: Pick<NamespacePlan, 'command' | 'mapsAllUsers'>,
  job: NamespaceJob,
): Promise<void> {
  const { what, archive, script, args, output, material = '/dev/null', onLine, signal } = job;
  const files = [output, archive, material];
  const said: string[] = [];
  try {
    const inside = [...command, 'sh', '-c', start, script, ...args];
    const running = execa('sh', ['-c', openFiles, 'sh', ...files, ...inside], {
      ...execaOptions(signal, { TMPDIR: '/tmp' }),
      cwd: '/',
      // Our end stays open until this process ends, however it ends.
      stdin: 'pipe',
      all: true,
      buffer: false,
    });
    for await (const line of running.iterable({ from: 'all' })) {
      said.push(line);
      onLine?.(line);
      if (mapsAllUsers && line === mapAllUsers) {
        await mapUsers(running.pid);
        running.stdin.write('\n');
      }
    }
    await running;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    const words = installationTrouble(said) || error.shortMessage;
    throw new UnavailableError(`${what} failed: ${words}`, { cause: error });
  }
}

/** Maps every user of the host to itself in a process's user namespace. Only root can do this. */
async function mapUsers(pid: number | undefined): Promise<void> {
  for (const map of ['uid_map', 'gid_map'])
    await writeFile(`/proc/${pid}/${map}`, `0 0 ${2 ** 32 - 1}`);
}

/** How mmdebstrap and build-system.sh announce a new step. */
const announcement = /^(?:I|kexec-lab): /;

/**
 * The prefixes of error messages during an installation. The lab's scripts begin theirs with their names. dash prefixes its
 * errors with the script and the line.
 */
const complaint =
  /^(?:(?:E|dpkg|dpkg-deb|tar|mount|umount|sh|cp|cpio|chroot|perl|mke2fs|dd|[\w-]+\.sh)|\S+: \d+): /;
/** Messages of the same programs that are not errors, and what mmdebstrap says when a script has failed. */
const harmless =
  /^dpkg(?:-deb)?: (?:warning|regarding|building package)|^\S+: warning: |^E: (?:system|unshared command) failed/;
const kept = 5;

/**
 * Why an installation failed, from its output. The step that failed is the last one with any output; errors of earlier
 * steps were not fatal. Its first error is the cause, and each calling program adds its own. If no line is an error, the
 * last lines are returned.
 */
export function installationTrouble(said: readonly string[]): string {
  const last = said.findLastIndex((line) => !announcement.test(line));
  const begin = said.findLastIndex((line, index) => index < last && announcement.test(line)) + 1;
  const step = said.slice(begin, last + 1);
  const errors = step.flatMap((line, index) => {
    if (!complaint.test(line) || harmless.test(line)) return [];
    // dpkg prints the error on the line after the package's name.
    return line.endsWith(':') ? [`${line} ${step[index + 1]?.trim() ?? ''}`.trim()] : [line];
  });
  return (errors.length > 0 ? errors.slice(0, kept) : step.slice(-kept)).join('\n');
}
