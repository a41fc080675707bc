/** What the guest does: a shell script on its disk, and the lines that it prints. */
import type { Arch } from '../../src/arch.ts';
import type { Place } from './data.ts';
import { isSystemctl, needsSystem } from './data.ts';

/** Where the script and the files are on the guest's disk. */
export const directory = '/truth';

/** The root of the small disk is read-only. kexec unpacks EFI zboot images and UKIs to /tmp. */
export const writable = 'mount -t tmpfs tmpfs /tmp';

/** Where a boot loader leaves its entries for systemctl if there is no EFI system partition. */
const entriesDirectory = '/run/boot-loader-entries';

/** Where systemctl and its libraries are on the small disk. */
export const systemdDirectory = `${directory}/systemd`;

/** The small disk has no systemd: this makes systemctl run, and gives it the boot loader entries of `directory`. */
export const readySystemctl = `${writable}
cp ${systemdDirectory}/systemctl /tmp/ && chmod +x /tmp/systemctl
export PATH=/tmp:$PATH LD_LIBRARY_PATH=${systemdDirectory}/lib
mount -o remount,rw / && cp /initrd.img ${directory}/initrd.img
mkdir -p ${entriesDirectory}/loader ${entriesDirectory}/EFI ${entriesDirectory}${directory}
cp -r ${directory}/esp/loader/entries ${entriesDirectory}/loader/
mount --bind ${directory}/esp/EFI ${entriesDirectory}/EFI
mount --bind ${directory} ${entriesDirectory}${directory}`;

/** The command line of every kernel that is loaded. */
export const secondCmdline = 'console=ttyAMA0 root=/dev/vda1 is_in_kexec=yes';

/** A way to load a format: the command, what makes the guest ready for it, and whether kexec-tools are deleted before. */
export type Command = { prepare: string; command: string; alone: boolean };

/** The arguments of every load; a boot loader entry has its format in its name, and is made the default. Without `--no-checks` the purgatory computes a SHA-256, which is slow under emulation. */
export function loadCommand(arch: Arch, place: Place): Command {
  const { way, format } = place;
  if (isSystemctl(way)) {
    const entries = needsSystem(place) ? espMount : entriesDirectory;
    const prepare = `echo "default truth-${format.toLowerCase()}.*" > ${entries}/loader/loader.conf`;
    return { prepare, command: 'systemctl kexec', alone: way === 'systemctl-alone' };
  }
  const size = arch === 'arm' ? ' --image-size=67108864' : '';
  const command = `kexec ${way} --no-checks${size} -l ${directory}/${format} --initrd=/initrd.img --append="${secondCmdline}"`;
  return { prepare: ':', command, alone: false };
}

/** Where a whole system mounts its EFI system partition. */
const espMount = '/boot/efi';

/** The first command in a whole system: its EFI system partition is the second one. */
export const mountEsp = `mkdir -p ${espMount} && mount /dev/vda2 ${espMount} && ln -sfn ${espMount}${directory} ${directory}`;

/**
 * What a whole system is told before a kernel is loaded with `systemctl kexec` that must not start: systemctl loads it, and
 * then does not find the target that it would reach.
 */
export const holdBack = 'systemctl mask --runtime kexec.target';

/** What systemctl prints about that target, or if it finds no systemd to reach it. */
export const heldBack =
  /^(?:Failed to start kexec\.target: .*masked|System has not been booted with systemd.*|Failed to connect to .*)/;

/**
 * Deletes every file of kexec-tools, but for a copy of the program that the script unloads kernels with. dpkg would do the
 * same, and takes a minute and a half under emulation to run the scripts of the package.
 */
export const deleteTools =
  'mount -o remount,rw /; cp /usr/sbin/kexec /tmp/; rm -f $(dpkg -L kexec-tools 2>/dev/null) /usr/sbin/kexec 2>/dev/null; ! test -e /usr/sbin/kexec';

/** One load: the lines of the script that prints them are made by `tryScript`. */
export type Attempt = {
  /** The number of the command, from 1. */
  number: number;
  exit: number;
  loaded: boolean;
  tool: string[];
  kernel: string[];
};

/**
 * A script that performs each command, prints one line about it and unloads what was loaded; kexec-tools are deleted before
 * those of `alone`. What the commands and the kernel print is in base64: the lab reads its console, too, and would take a
 * refused load for the end of the boot.
 */
export function tryScript(commands: readonly Command[], ready: string): string {
  const tries = commands.map(
    ({ prepare, command }, index) => `try ${index + 1} '${prepare}' '${command}'`,
  );
  const firstAlone = commands.findIndex(({ alone }) => alone);
  if (firstAlone !== -1) tries.splice(firstAlone, 0, deleteTools);
  return `#!/bin/sh
# Made by scripts/truth-table.ts.
encode() { busybox base64 | busybox tr -d '\\n'; }
try() {
	# The kernel logs at most ten refusals in five seconds, and kernels that are loaded may log more than one each.
	sleep 6
	dmesg -c >/dev/null
	sh -c "$2"
	sh -c "$3" >/tmp/truth-out 2>&1 </dev/null
	exit=$?
	loaded=$(cat /sys/kernel/kexec_loaded)
	dmesg >/tmp/truth-dmesg
	echo "truth: $1 $exit $loaded t=$(encode </tmp/truth-out) k=$(encode </tmp/truth-dmesg)"
	PATH=$PATH:/tmp kexec -u >/dev/null 2>&1
}
${ready}
dmesg -n 1
${tries.join('\n')}
echo 'truth: end'
`;
}

/** The attempts in a console's text. @throws Error if the script did not come to its end */
export function parseAttempts(console: string): Attempt[] {
  if (!/^truth: end\s*$/m.test(console)) throw new Error('the script on the guest did not end');
  const pattern = /^truth: (\d+) (\d+) ([01]) t=([\w+/=]*) k=([\w+/=]*)\s*$/gm;
  return Array.from(console.matchAll(pattern), ([, number, exit, loaded, tool, kernel]) => ({
    number: Number(number),
    exit: Number(exit),
    loaded: loaded === '1',
    tool: decodeLines(tool ?? '').filter((line) => !heldBack.test(line)),
    kernel: decodeLines(kernel ?? ''),
  }));
}

function decodeLines(base64: string): string[] {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
