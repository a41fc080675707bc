import { writeFile } from 'node:fs/promises';
import { execa, ExecaError } from 'execa';
import { UnavailableError } from '../../errors.ts';
import { toolEnvironment } from '../../host/processes.ts';
import { mapAllUsers, type NamespacePlan } from './namespace.ts';

/** A script of images/ to run as root of private namespaces, and its files. */
type NamespaceJob = {
  /** What the work is called in an error: `installing Debian`. */
  what: string;
  /** A tar archive that is unpacked into `/mnt` first, a tmpfs that disappears with the namespace. */
  archive: string;
  /** The script: its path in the archive. */
  script: string;
  args: readonly string[];
  /** Written by the script through descriptor 3; made when missing, not truncated. */
  output: string;
  /** Read by the script from descriptor 6. */
  material?: string;
  /** Called with each line the script prints. */
  onLine?: (line: string) => void;
  signal: AbortSignal | undefined;
};

/**
 * Runs in the namespace. Whoever started the job holds the other end of its standard input: when that closes, everything
 * in the namespace ends. Modes must not depend on the user's umask.
 */
const start = `umask 022
exec 5<&0 </dev/null
{ cat <&5 >/dev/null; kill -KILL -1; } &
exec 5<&-
mount -t tmpfs -o mode=755 tmpfs /mnt &&
  tar --extract --no-same-owner --directory /mnt <&4 && exec 4<&- && exec sh "/mnt/$0" "$@"`;

/** Opens the files first: root of the namespace need not have access to them. */
const openFiles = `output=$1 archive=$2 material=$3; shift 3; exec "$@" 3<>"$output" 4<"$archive" 6<"$material"`;

/**
 * Runs a job as root of private namespaces, where it can mount, chroot and give files to any user without the host
 * noticing. Throws UnavailableError with the script's own error when it fails.
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
      env: { ...toolEnvironment(), TMPDIR: '/tmp' },
      cwd: '/',
      // Our end stays open until this process ends, however it ends.
      stdin: 'pipe',
      all: true,
      buffer: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
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

/** Maps every user of the host to itself in a process's user namespace. Only root may. */
async function mapUsers(pid: number | undefined): Promise<void> {
  for (const map of ['uid_map', 'gid_map'])
    await writeFile(`/proc/${pid}/${map}`, `0 0 ${2 ** 32 - 1}`);
}

/** A step that begins, as mmdebstrap and build-system.sh announce it. */
const announcement = /^(?:I|kexec-lab): /;

/** Who says what went wrong while a system is installed; dash puts its script and the line in front. */
const complaint =
  /^(?:(?:E|dpkg|dpkg-deb|tar|mount|umount|sh|cp|cpio|chroot|perl|mke2fs|dd)|\S+: \d+): /;
/** What the same programs say where nothing is wrong. */
const harmless = /^dpkg(?:-deb)?: (?:warning|regarding|building package)|^\S+: warning: /;
const kept = 5;

/**
 * Why an installation ended, from what it printed. The last step with anything to say is the one that failed: earlier ones
 * complain about what they can do without. Of its errors the first is the cause, and each program around it adds a line of
 * its own. If no line names an error, it returns the last lines.
 */
export function installationTrouble(said: readonly string[]): string {
  const last = said.findLastIndex((line) => !announcement.test(line));
  const begin = said.findLastIndex((line, index) => index < last && announcement.test(line)) + 1;
  const step = said.slice(begin, last + 1);
  const errors = step.flatMap((line, index) => {
    if (!complaint.test(line) || harmless.test(line)) return [];
    // dpkg says what happened on the line below the package's name.
    return line.endsWith(':') ? [`${line} ${step[index + 1]?.trim() ?? ''}`.trim()] : [line];
  });
  return (errors.length > 0 ? errors.slice(0, kept) : step.slice(-kept)).join('\n');
}
