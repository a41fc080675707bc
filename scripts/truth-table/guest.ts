/** What the guest does: a shell script on its disk, and the lines that it prints. */
import type { Arch } from '../../src/arch.ts';

/** Where the script and the files are on the guest's disk. */
export const directory = '/truth';

/** The disk's root is read-only. kexec unpacks EFI zboot images and UKIs to /tmp. */
export const writable = 'mount -t tmpfs tmpfs /tmp';

/** The arguments of every load. Without `--no-checks` the purgatory computes a SHA-256, which is slow under emulation. */
export function loadCommand(arch: Arch, way: string, format: string): string {
  const size = arch === 'arm' ? ' --image-size=67108864' : '';
  const append = 'console=ttyAMA0 root=/dev/vda1 is_in_kexec=yes';
  return `kexec ${way} --no-checks${size} -l ${directory}/${format} --initrd=/initrd.img --append="${append}"`;
}

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
 * A script that performs each command, prints one line about it and unloads what was loaded. What the commands and the
 * kernel print is in base64: the lab reads its console, too, and would take a refused load for the end of the boot.
 */
export function tryScript(commands: readonly string[]): string {
  const tries = commands.map((command, index) => `try ${index + 1} '${command}'`);
  return `#!/bin/sh
# Made by scripts/truth-table.ts.
encode() { busybox base64 | busybox tr -d '\\n'; }
try() {
	# The kernel logs at most ten refusals in five seconds.
	sleep 2
	dmesg -c >/dev/null
	sh -c "$2" >/run/truth-out 2>&1 </dev/null
	exit=$?
	loaded=$(cat /sys/kernel/kexec_loaded)
	dmesg >/run/truth-dmesg
	echo "truth: $1 $exit $loaded t=$(encode </run/truth-out) k=$(encode </run/truth-dmesg)"
	kexec -u >/dev/null 2>&1
}
${writable}
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
    tool: decodeLines(tool ?? ''),
    kernel: decodeLines(kernel ?? ''),
  }));
}

function decodeLines(base64: string): string[] {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}
