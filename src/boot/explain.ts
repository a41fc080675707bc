import type { OutcomeId } from '../model/vocabulary.ts';
import { loadCure, rootCure } from './cures.ts';
import type { Decision, Standing } from './decision.ts';
import { loaderCure } from './explain-loader.ts';
import { byeHang, byeHangCure, kernelSilent, unknown, unknownCure } from './explain-silence.ts';
import { booted, wrongKernel } from './explain-up.ts';
import { mayBeArm } from './machine-facts.ts';
/** What an outcome means and what usually cures it, one or two sentences each. */
export type Explanation = { meaning: string; cure: string };

/** What there is to say it with. */
export type Facts = { decision: Decision; standing: Standing; captures: Record<string, string> };

/** Puts a decision into words, for somebody whose server does not come back. */
export function explain(facts: Facts): Explanation {
  return explanations[facts.decision.id](facts);
}

const explanations: Record<OutcomeId, (facts: Facts) => Explanation> = {
  booted: (facts) => ({ meaning: booted(facts), cure: '' }),

  'bye-hang': (facts) => ({ meaning: byeHang(facts), cure: byeHangCure(facts) }),

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
    cure: /CPUs/.test(reason ?? '')
      ? 'CPUs that cannot be stopped need a kernel and firmware with PSCI or another CPU hotplug method, or booting with maxcpus=1.'
      : 'Under lockdown only a signed kernel is accepted: load it with kexec -s, or switch secure boot off.',
  }),

  'root-mount-failed': ({ captures: { device, reason } }) => ({
    meaning: `The kernel runs but cannot mount its root file system${device ? ` from ${device}` : ''}${reason ? ` (${reason})` : ''}.`,
    cure: rootCure(device),
  }),

  'root-missing': ({ captures: { device } }) => ({
    meaning: `The kernel runs, but its root device ${device ? `${device} ` : ''}never appeared.`,
    cure: 'Compare root= on the kernel’s command line with the disk’s real name, or use root=UUID=…; if the name is right, the initrd lacks the disk’s driver (virtio_blk, nbd, …) or the network the disk is reached over.',
  }),

  'initramfs-corrupt': (facts) => ({
    meaning: brokenInitrd(facts),
    cure: `${mayBeArm(facts.standing.machine) ? 'On 32-bit arm give kexec --image-size with a size well above the unpacked kernel’s, such as --image-size=67108864: kexec puts the initrd where kernels with a larger text offset unpack themselves. Otherwise c' : 'C'}heck the initrd file itself (lsinitramfs, file), and where the boot loader or kexec puts it.`,
  }),

  'no-init': ({ captures: { init, reason, panic } }) => ({
    meaning: `The kernel runs but has no first program to start${init ? `: ${init}` : ''}${quoted(reason ?? panic)}.`,
    cure: 'Check init= and rdinit= on the command line, and that the root file system is the right one and complete: the program, its interpreter and its libraries, for this architecture.',
  }),

  'kernel-panic': (facts) => ({
    meaning: panicked(facts),
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

  'wrong-kernel': (facts) => ({
    meaning: wrongKernel(facts),
    cure:
      facts.standing.context.replaced === null
        ? 'Look for what kept the kexec from happening, and check which file the kexec was given.'
        : 'Look for what reset the machine (a watchdog, a panic without a console), and record the second kernel with earlycon.',
  }),

  'reboot-loop': ({ standing: { context } }) => ({
    meaning:
      context.resets < 3
        ? `The machine kexecs again and again (${context.jumps.length} times): what starts the kexec does not notice that it has already happened.`
        : `The machine was reset ${context.resets} times and never got as far as a login prompt; the evidence shows the last words of each round.`,
    cure: 'Cure what each round dies of. If it is the kexec itself that repeats, guard it: do nothing when /proc/cmdline has is_in_kexec=yes. Without panic= on the command line the machine stops at the first failure instead.',
  }),

  'rescue-shell': ({ decision: { stage }, standing: { context } }) => ({
    meaning: `The boot ended in a rescue shell (${stage}) ${
      context.timedOut === null
        ? 'for a reason the console does not show'
        : `after waiting in vain for ${context.timedOut.captures['device'] ?? 'a device'}`
    }.`,
    cure: 'Use the shell on the console: cat /proc/cmdline, ls /dev, dmesg; in systemd’s emergency mode journalctl -xb and /etc/fstab.',
  }),

  'firmware-stuck': (facts) => ({
    meaning: facts.decision.because.some(({ signature }) => signature === 'edk2-setup')
      ? 'The firmware has opened its setup menu and waits there: a key was pressed while it started, or it found nothing to boot.'
      : `The firmware or boot loader does not get to a kernel${quoted(facts.captures.reason ?? facts.captures.option)}.`,
    cure: loaderCure(facts),
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

/** A panic with what caused it: a fault of the kernel, or the last words of an init that gave up. */
function panicked({ decision: { because }, captures: { panic, reason } }: Facts): string {
  const words = because.find(({ signature }) => signature === 'last-words');
  if (words !== undefined)
    return `The first program gave up${quoted(words.text)}, and without it the kernel cannot go on.`;
  if (because.some(({ signature }) => signature === 'crash-kernel'))
    return 'This is a crash kernel: the kernel before it has panicked.';
  if (panic === undefined && reason !== undefined)
    return `The kernel hit a bug of its own${quoted(reason)}, and nothing shows that it got any further.`;
  return reason === undefined
    ? `The kernel died${quoted(panic)}.`
    : `The kernel died${quoted(panic)} of a bug of its own${quoted(reason)}.`;
}

function brokenInitrd({ decision: { because }, captures: { reason } }: Facts): string {
  return because.some(({ signature }) => signature === 'initrd-unusable')
    ? `The initrd lies where the kernel cannot use it${quoted(reason)}, so it runs without.`
    : `The kernel could not unpack its initrd${quoted(reason)}: the file is damaged or was overwritten in memory before the kernel read it.`;
}

/** A program's own words, in brackets and without the full stop that would stand before our own. */
function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` (${text.replace(/\s+/g, ' ').replace(/\.+$/, '')})`;
}
