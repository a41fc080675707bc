/** The kernel that a captured server boots first, and its command line. */
import type { BootLoader } from './boot-loader.ts';
import type { Note } from './disk-plan.ts';
import { usualWord } from './kexec-way.ts';
import { isOnNetwork } from './network-root.ts';
import { parseCmdline } from './parse.ts';
import type { Server, ServerKernel } from './server.ts';

/** Whether the lab's provider kernel and initramfs can mount the root: a provider's own have no more than that. */
function providerMounts({ root }: Server): boolean {
  return root.type === 'part' && root.filesystem === 'ext4';
}

/** The kernel that a boot loader would start; null if it is not on the server, as at providers that bring their own. */
export function firstOf(server: Server, note: Note): ServerKernel | null {
  const { running, kernels, kexec, machine } = server;
  if (isOnNetwork(server)) {
    note(
      'alike',
      'first kernel',
      "the lab's provider kernel, and an initramfs like the provider's, which attaches the disk",
    );
    return null;
  }
  const started = kernels.find(({ release }) => release === running?.release);
  const unknown = whyUnknown(server);
  if (unknown !== null && providerMounts(server)) {
    note('alike', 'first kernel', `the lab's provider kernel and initramfs: ${unknown}`);
    return null;
  }
  // A reboot by kexec leads from the kernel that runs to the default; a boot loader starts the default.
  const first = (kexec.by === 'reboot' ? started : null) ?? server.defaultKernel;
  const why = unknown ?? (started === first ? null : `${started?.release ?? ''} runs now`);
  note(
    why === null ? 'as there' : 'alike',
    'first kernel',
    `${kernelWords(first)}${why === null ? '' : `: the default; ${why}`}`,
  );
  const loader = machine.firmware === 'none' ? 'QEMU' : 'the firmware';
  note('alike', 'boot loader', `${loader} starts the kernel with the captured command line`);
  return first;
}

/** Why the first kernel is unknown; null if the running kernel is the first one. */
export function whyUnknown({ running, kernels, kexec }: Server): string | null {
  if (kexec.isSecond)
    return 'the running kernel was started by kexec, and the one before is not on the server';
  if (kernels.some(({ release }) => release === running?.release)) return null;
  return `the running kernel ${running?.release ?? ''} is not in /boot`;
}

/** Where the boot loader of the server starts the kernel. */
export function noteLoader(
  { machine, defaultKernel }: Server,
  { kind, program }: BootLoader,
  note: Note,
): void {
  note('as there', 'boot loader', `${kind} (${program.path}), with its configuration`);
  note('as there', 'first kernel', kernelWords(defaultKernel));
  note('as there', 'command line', "the boot loader's, with the console of the lab at its end");
  if (machine.firmware === 'secure-boot')
    note('as there', 'Secure Boot', 'the firmware and the kernel check signatures');
}

export function kernelWords({ release, initrd }: ServerKernel): string {
  return `${release}, ${initrd === null ? 'without an initrd' : 'with its initrd'}`;
}

/** Words that belong to a boot loader or to the place where the kernel prints. */
const notOurs = /^(console|earlycon|earlyprintk|BOOT_IMAGE|initrd)(=|$)/;

/**
 * The words of the first kernel's command line, without those of `notOurs`. A kernel that kexec started has them first, then
 * those that the script added (`--append="$(cat /proc/cmdline) is_in_kexec=yes"`).
 */
export function firstWords({ running, kexec }: Server): string[] {
  const words = parseCmdline(running?.cmdline ?? '');
  const ofKexec = new Set([...kexec.words, usualWord]);
  const added = kexec.isSecond ? words.findIndex((word) => ofKexec.has(word)) : -1;
  return (added === -1 ? words : words.slice(0, added)).filter((word) => !notOurs.test(word));
}

/** The first kernel's command line. */
export function firstCmdline(
  server: Server,
  firstKernel: ServerKernel | null,
  root: string,
  note: Note,
): string {
  const kept = firstWords(server);
  note(
    'as there',
    'command line',
    'with the console of the lab, and without console=, BOOT_IMAGE= and initrd=',
  );
  if (firstKernel !== null) return kept.join(' ');
  const { name } = server.disk.device;
  // The provider's initramfs finds the disk by its name, which may be another one here.
  const named = kept.findLast((word) => word.startsWith('root='));
  if (named?.startsWith(`root=/dev/${name}`) && root.startsWith(`/dev/${name}`))
    return kept.join(' ');
  return [...kept.filter((word) => !word.startsWith('root=')), `root=${root}`].join(' ');
}
