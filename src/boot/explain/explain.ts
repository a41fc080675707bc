import type { OutcomeId } from '../../model/vocabulary.ts';
import type { Decided } from '../decide/decision.ts';
import { mayBeArm } from '../machine-facts.ts';
import { loadCure, rootCure, loaderCure } from './cures.ts';
import { byeHang, byeHangCure, kernelSilent, unknown, unknownCure } from './explain-silence.ts';
/** What an outcome means and what usually cures it, one or two sentences each. */
export type Explanation = { meaning: string; cure: string };

/** Puts a decision into words, for somebody whose server does not come back. */
export function explain(decided: Decided): Explanation {
  return explanations[decided.decision.id](decided);
}

const explanations: Record<OutcomeId, (decided: Decided) => Explanation> = {
  booted: (decided) => ({ meaning: booted(decided), cure: '' }),

  'bye-hang': (decided) => ({ meaning: byeHang(decided), cure: byeHangCure(decided) }),

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

  'initramfs-corrupt': (decided) => ({
    meaning: brokenInitrd(decided),
    cure: `${mayBeArm(decided.standing.machine) ? 'On 32-bit arm give kexec --image-size with a size well above the unpacked kernel’s, such as --image-size=67108864: kexec puts the initrd where kernels with a larger text offset unpack themselves. Otherwise c' : 'C'}heck the initrd file itself (lsinitramfs, file), and where the boot loader or kexec puts it.`,
  }),

  'no-init': ({ captures: { init, reason, panic } }) => ({
    meaning: `The kernel runs but has no first program to start${init ? `: ${init}` : ''}${quoted(reason ?? panic)}.`,
    cure: 'Check init= and rdinit= on the command line, and that the root file system is the right one and complete: the program, its interpreter and its libraries, for this architecture.',
  }),

  'kernel-panic': (decided) => ({
    meaning: panicked(decided),
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

  'wrong-kernel': (decided) => ({
    meaning: wrongKernel(decided),
    cure:
      decided.standing.context.replaced === null
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

  'firmware-stuck': (decided) => ({
    meaning: decided.decision.because.some(({ signature }) => signature === 'edk2-setup')
      ? 'The firmware has opened its setup menu and waits there: a key was pressed while it started, or it found nothing to boot.'
      : `The firmware or boot loader does not get to a kernel${quoted(decided.captures.reason ?? decided.captures.option)}.`,
    cure: loaderCure(decided),
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

  unknown: (decided) => ({ meaning: unknown(decided), cure: unknownCure(decided) }),
};

/** A panic with what caused it: a fault of the kernel, or the last words of an init that gave up. */
function panicked({ decision: { because }, captures: { panic, reason } }: Decided): string {
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

function brokenInitrd({ decision: { because }, captures: { reason } }: Decided): string {
  return because.some(({ signature }) => signature === 'initrd-unusable')
    ? `The initrd lies where the kernel cannot use it${quoted(reason)}, so it runs without.`
    : `The kernel could not unpack its initrd${quoted(reason)}: the file is damaged or was overwritten in memory before the kernel read it.`;
}

/** A program's own words, in brackets and without the full stop that would stand before our own. */
function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` (${text.replace(/\s+/g, ' ').replace(/\.+$/, '')})`;
}

/** How a system showed that it is up. */
const shown: Record<string, string> = {
  'login-prompt': 'reached a login prompt',
  'console-inactive': 'came up, and offers a shell on its console',
  'system-up': 'came up: systemd has started all it was to start',
  'shell-prompt': 'came up to a shell',
  'root-shell': 'came up to a shell',
};

/** A system that is up, and what it got over on the way. */
export function booted({
  decision,
  standing: { context },
  captures: { release },
}: Decided): string {
  const { because, aside = [] } = decision;
  const how = because.map(({ signature }) => shown[signature]).find(Boolean) ?? 'came up';
  const kernel = kernelName(release);
  const way =
    context.bornBy === 'kexec'
      ? `The machine kexec'ed into ${kernel} and ${how}`
      : `The machine ${how} on ${kernel}, without a kexec`;
  const off = context.poweredOff === null ? '' : '; it was switched off later';
  const [first] = aside;
  const survived =
    first === undefined ? '' : ` It got over what line ${first.line} reports, and went on.`;
  return `${way}${off}.${survived}`;
}

/** Another kernel than the one that was meant. */
export function wrongKernel({ decision, standing: { context } }: Decided): string {
  const lost = context.replaced;
  if (lost === null || !decision.because.includes(lost))
    return 'A system came up, but not on the kernel that was meant to run.';
  return `The kernel behind the kexec ran, then the machine was reset, and what came up is ${kernelName(context.banner?.captures['release'])}, started by the machine's own boot.`;
}

export function kernelName(release: string | undefined): string {
  return release === undefined ? 'a kernel that did not say its release' : `kernel ${release}`;
}
