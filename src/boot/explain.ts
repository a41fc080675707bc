import { loadCure, rootCure } from './cures.ts';
import type { Decision, Standing } from './decide.ts';
import { byeHang, byeHangCure, kernelSilent, unknown, unknownCure } from './explain-silence.ts';
import type { OutcomeId } from './outcome.ts';

/** What an outcome means and what usually cures it, one or two sentences each. */
export type Explanation = { meaning: string; cure: string };

/** What there is to say it with. */
export type Facts = { decision: Decision; standing: Standing; captures: Record<string, string> };

/** Puts a decision into words, for somebody whose server does not come back. */
export function explain(facts: Facts): Explanation {
  return explanations[facts.decision.id](facts);
}

const explanations: Record<OutcomeId, (facts: Facts) => Explanation> = {
  booted: ({ standing: { context }, captures: { release } }) => ({
    meaning:
      context.bornBy === 'kexec'
        ? `The machine kexec'ed into ${kernelName(release)} and reached a login prompt.`
        : `The machine reached a login prompt on ${kernelName(release)}, without a kexec.`,
    cure: '',
  }),

  'bye-hang': (facts) => ({ meaning: byeHang(facts), cure: byeHangCure }),

  'kexec-missing': ({ captures: { reason, program = 'kexec' } }) => ({
    meaning:
      reason === undefined
        ? `A kexec was asked for, but there is no \`${program}\` program where it was asked for; the old kernel goes on.`
        : `\`${program}\` is there but cannot be started (${reason}); the old kernel goes on.`,
    cure: 'Run the kexec of the root file system instead: mount it and call its /sbin/kexec through chroot, or copy kexec with its libraries into the initramfs. Installing kexec-tools on the disk does not put it into the provider’s initramfs.',
  }),

  'kexec-load-failed': ({ captures: { reason } }) => ({
    meaning: reason
      ? `Loading the new kernel failed (${reason}), so the old kernel goes on.`
      : 'A kexec was begun, but the old kernel went on without a word about why.',
    cure: loadCure(reason ?? ''),
  }),

  'kexec-refused': ({ captures: { reason } }) => ({
    meaning: `The running kernel refuses to kexec${reason ? `: ${reason}` : ''}.`,
    cure: 'CPUs that cannot be stopped need a kernel and firmware with PSCI or another CPU hotplug method, or booting with maxcpus=1; under lockdown only a signed kernel loaded with kexec -s is accepted.',
  }),

  'root-mount-failed': ({ captures: { device, reason } }) => ({
    meaning: `The kernel runs but cannot mount its root file system${device ? ` from ${device}` : ''}${reason ? ` (${reason})` : ''}.`,
    cure: rootCure(device),
  }),

  'root-missing': ({ captures: { device } }) => ({
    meaning: `The kernel runs, but its root device ${device ? `${device} ` : ''}never appeared.`,
    cure: 'Compare root= on the kernel’s command line with the disk’s real name, or use root=UUID=…; if the name is right, the initrd lacks the disk’s driver (virtio_blk, nbd, …) or the network the disk is reached over.',
  }),

  'initramfs-corrupt': ({ captures: { reason } }) => ({
    meaning: `The kernel could not unpack its initrd${reason ? ` (${reason})` : ''}: the file is damaged or was overwritten in memory before the kernel read it.`,
    cure: 'On 32-bit arm give kexec --image-size with a size well above the unpacked kernel’s, such as --image-size=67108864: kexec puts the initrd where kernels with a larger text offset unpack themselves. Otherwise check the initrd file itself.',
  }),

  'no-init': ({ captures: { init, reason, panic } }) => ({
    meaning: `The kernel runs but has no first program to start${init ? `: ${init}` : ''}${quoted(reason ?? panic)}.`,
    cure: 'Check init= and rdinit= on the command line, and that the root file system is the right one and complete: the program, its interpreter and its libraries, for this architecture.',
  }),

  'kernel-panic': ({ captures: { panic, reason } }) => ({
    meaning:
      panic === undefined && reason !== undefined
        ? `The kernel hit a bug of its own${quoted(reason)}, and nothing shows that it got any further.`
        : `The kernel died${quoted(panic)}.`,
    cure: 'Search for the panic message with the kernel’s release. Boot the kernel before this one, and add console=… earlycon panic=10 to the command line so that the whole trace is seen and the machine comes back.',
  }),

  'kernel-hang': ({ captures: { reason }, decision: { byCpu } }) => ({
    meaning: byCpu
      ? 'The kernel had begun to boot and then went silent, and its CPUs no longer do anything useful.'
      : `The kernel does not get on${reason ? `: ${reason}` : ''}.`,
    cure: 'Add earlycon initcall_debug ignore_loglevel to the command line to see the last thing it tried. On a slow emulated machine, lock-up warnings may only mean that: look whether the boot goes on.',
  }),

  'console-lost': () => ({
    meaning:
      'After the kexec the console is silent, but the CPUs wait inside a running kernel: the new kernel is alive and talks somewhere else, or has been told to be quiet.',
    cure: 'Give the new kernel the right console= (ttyAMA0, ttyS0, …), take quiet and loglevel= out, and try to reach it over the network.',
  }),

  'wrong-kernel': () => ({
    meaning: 'A system came up, but not on the kernel that was meant to run.',
    cure: 'Look for what kept the kexec from happening, and check which file the kexec was given.',
  }),

  'reboot-loop': ({ standing: { context } }) => ({
    meaning:
      context.resets < 3
        ? `The machine kexecs again and again (${context.jumps.length} times): what starts the kexec does not notice that it has already happened.`
        : `The machine was reset ${context.resets} times and never got as far as a login prompt; the evidence shows the last words of each round.`,
    cure: 'Cure what each round dies of. If it is the kexec itself that repeats, guard it: do nothing when /proc/cmdline has is_in_kexec=yes. Without panic= on the command line the machine stops at the first failure instead.',
  }),

  'rescue-shell': ({ decision: { stage } }) => ({
    meaning: `The boot ended in a rescue shell (${stage}) for a reason the console does not show.`,
    cure: 'Use the shell on the console: cat /proc/cmdline, ls /dev, dmesg; in systemd’s emergency mode journalctl -xb and /etc/fstab.',
  }),

  'firmware-stuck': ({ captures: { reason, option }, decision: { because } }) => ({
    meaning: because.some(({ signature }) => signature === 'edk2-setup')
      ? 'The firmware has opened its setup menu and waits there: a key was pressed while it started, or it found nothing to boot.'
      : `The firmware or boot loader does not get to a kernel${quoted(reason ?? option)}.`,
    cure: 'Check that the boot disk is attached and has a boot entry or \\EFI\\BOOT\\BOOTAA64.EFI (BOOTARM.EFI on 32 bits), and that the kernel file is whole.',
  }),

  'kernel-silent': ({ decision: { byCpu }, standing: { context } }) => ({
    meaning: kernelSilent(byCpu, context),
    cure: 'Add earlycon to the kernel’s command line, and check its console= and that the kernel and the device tree are whole, for this machine, and loaded where nothing overlaps them.',
  }),

  'irq-storm': ({ captures: { irq } }) => ({
    meaning: `Interrupt ${irq ?? ''} fires without anybody to handle it, and the boot does not get on; after a kexec it is usually a device the first kernel left running.`,
    cure: 'Shut the device down before the kexec (unload its driver, use kexec -e from a clean shutdown rather than kexec -f), or boot with irqpoll to get further.',
  }),

  'entropy-blocked': ({ captures: { task } }) => ({
    meaning: `A program${quoted(task)} waits for random numbers and the kernel has none to give yet: getrandom(2) blocks.`,
    cure: 'Give the machine a source: virtio-rng, random.trust_cpu=on, a saved seed; or a kernel from 5.6 on, which makes its own.',
  }),

  'qemu-exited': ({ standing: { end } }) => ({
    meaning: `QEMU ended${end?.detail ? ` (${end.detail})` : ''} before the boot had come to anything.`,
    cure: 'If the guest reset or switched itself off, look at its last lines; if QEMU failed, at its own message.',
  }),

  'no-output': () => ({
    meaning: 'Not one byte came over the console.',
    cure: 'Check that this is the right serial port and that the kernel was given it as console=; add earlycon to hear a kernel that dies early.',
  }),

  unknown: (facts) => ({ meaning: unknown(facts), cure: unknownCure(facts) }),
};

function kernelName(release: string | undefined): string {
  return release === undefined ? 'a kernel that did not say its release' : `kernel ${release}`;
}

/** A program's own words, in brackets and without the full stop that would stand before our own. */
function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` (${text.replace(/\s+/g, ' ').replace(/\.+$/, '')})`;
}
