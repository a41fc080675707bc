import type { Signal } from '../../model/boot.ts';
import type { OutcomeId } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import type { Decided } from '../decide/decision.ts';
import { mayBeArm } from '../decide/decision.ts';
import type { Explanation } from './explain-up.ts';
import {
  crashExplanations,
  dumpMeaning,
  quoted,
  booted,
  degraded,
  rebootLoop,
  wrongKernel,
} from './explain-up.ts';
import { loadCure, rootCure, loaderCure, lpiCure, signed, softRestartCure } from './cures.ts';
import { byeHang, byeHangCure, kernelSilent, unknown, unknownCure } from './explain-silence.ts';
import type { FailedLoad } from './kexec-checks.ts';
import { describeChecks, failedLoad } from './kexec-checks.ts';

/** Explains a decision to an operator whose server does not come back. */
export function explain(decided: Decided): Explanation {
  const { id } = decided.decision;
  const { lpiTable } = decided.standing.context;
  const { meaning, cure } = explanations[id](decided);
  return lpiTable === null || id === 'booted'
    ? { meaning, cure }
    : { meaning: `${meaning} ${lpiMeaning(lpiTable)}`, cure: lpiCure };
}

/** Why a kernel on a GICv3 overwrites itself: it keeps the LPI tables that the previous kernel had set up. */
function lpiMeaning(signal: Signal): string {
  const shown = isOf(signal, 'lpi-table-as-code')
    ? 'the instructions at the fault are the content of that table'
    : 'it cannot write to that table';
  return `The cause is in line ${signal.line}: this kernel took over the LPI property table of the GICv3 from the first kernel, and kexec had put this kernel's code or data there (${shown}).`;
}

const explanations: Record<OutcomeId, (decided: Decided) => Explanation> = {
  booted: (decided) => ({ meaning: booted(decided), cure: '' }),

  'bye-hang': (decided) => ({ meaning: byeHang(decided), cure: byeHangCure(decided) }),

  'kexec-missing': ({ captures: { reason, program = 'kexec' }, decision: { because } }) => ({
    meaning:
      reason === undefined
        ? `A kexec was requested, but the \`${program}\` program is missing there. The old kernel keeps running.`
        : `\`${program}\` exists but cannot be started (${reason}). The old kernel keeps running.`,
    cure: because.some((signal) => isOf(signal, 'systemctl-no-kexec-tools'))
      ? 'Install kexec-tools: systemctl kexec runs its kexec to load the kernel.'
      : "Use the kexec of the root file system: mount it and run its /sbin/kexec with chroot, or copy kexec and its libraries into the initramfs. Installing kexec-tools on the disk does not add it to the provider's initramfs.",
  }),

  'kexec-load-failed': (decided) => {
    const { reason } = decided.captures;
    const call = failedCall(decided);
    const checks = call === null ? '' : ` ${describeChecks(call)}`;
    return {
      meaning: reason
        ? `Loading the new kernel failed${quoted(reason)}. The old kernel keeps running.${checks}`
        : 'A kexec was requested, but the old kernel kept running and the console does not say why.',
      cure: loadCure(reason ?? '', call),
    };
  },

  'kexec-refused': ({ captures: { reason } }) => ({
    meaning: `The running kernel refuses to kexec${reason ? `: ${reason}` : ''}.`,
    cure: /CPUs/.test(reason ?? '')
      ? 'The CPUs cannot be stopped. Use a kernel and firmware with PSCI or another CPU hotplug method, or boot with maxcpus=1.'
      : signed,
  }),

  'root-mount-failed': ({ captures: { device, reason } }) => ({
    meaning: `The kernel runs, but it cannot mount its root file system${device ? ` from ${device}` : ''}${reason ? ` (${reason})` : ''}.`,
    cure: rootCure(device),
  }),

  'root-missing': ({ captures: { device } }) => ({
    meaning: `The kernel runs, but its root device ${device ? `${device} ` : ''}never appeared.`,
    cure: "Compare root= on the kernel's command line with the disk's real name, or use root=UUID=…. If the name is right, the initrd lacks the disk's driver (virtio_blk, nbd, …) or the network that leads to the disk.",
  }),

  'initramfs-corrupt': (decided) => ({
    meaning: brokenInitrd(decided),
    cure: `${mayBeArm(decided.standing.machine) ? 'On 32-bit arm, pass kexec an --image-size well above the size of the unpacked kernel, for example --image-size=67108864: kexec loads the initrd where kernels with a larger text offset unpack themselves. Otherwise, c' : 'C'}heck the initrd file (lsinitramfs, file) and where the boot loader or kexec loads it.`,
  }),

  'no-init': ({ captures: { init, reason, panic } }) => ({
    meaning: `The kernel runs, but it cannot start a first program${init ? `: ${init}` : ''}${quoted(reason ?? panic)}.`,
    cure: 'Check init= and rdinit= on the command line. Check that the root file system is the right one and has the program, its interpreter and its libraries, built for this architecture.',
  }),

  'kernel-panic': (decided) => ({
    meaning: `${panicked(decided)}${dumpMeaning(decided)}`,
    cure: decided.decision.because.some((signal) => isOf(signal, 'soft-restart-fault'))
      ? softRestartCure
      : "Search for the panic message and the kernel's release. Boot the previous kernel. Add console=… earlycon panic=10 to the command line to see the whole trace and to restart the machine after a panic.",
  }),

  ...crashExplanations,

  'kernel-hang': ({ captures: { reason }, decision: { byCpu } }) => ({
    meaning: byCpu
      ? 'The kernel began to boot and then went silent, and its CPUs do nothing useful any more.'
      : `The kernel makes no progress${reason ? `: ${reason}` : ''}.`,
    cure: 'Add earlycon initcall_debug ignore_loglevel to the command line to see its last step. On a slow emulated machine a lockup warning may be harmless: check whether the boot continues.',
  }),

  'console-lost': () => ({
    meaning:
      'After the kexec the console is silent, but the CPUs idle inside a running kernel. The new kernel is alive; it uses a different console or was told to be quiet.',
    cure: 'Pass the new kernel the right console= (ttyAMA0, ttyS0, …), remove quiet and loglevel=, and try to reach the machine over the network.',
  }),

  'wrong-kernel': (decided) => ({
    meaning: wrongKernel(decided),
    cure:
      decided.standing.context.replaced === null
        ? 'Find out why the kexec did not happen, and check which kernel file kexec was given.'
        : 'Find out what reset the machine (a watchdog, a panic without a console), and record the second kernel with earlycon.',
  }),

  degraded,

  'reboot-loop': rebootLoop,

  'rescue-shell': ({ decision: { stage }, standing: { context } }) => ({
    meaning: `The boot ended in a rescue shell (${stage})${
      context.timedOut === null
        ? '; the console does not show why'
        : ` because ${context.timedOut.captures['device'] ?? 'a device'} did not appear`
    }.`,
    cure: "Use the shell on the console: cat /proc/cmdline, ls /dev, dmesg. In systemd's emergency mode, check journalctl -xb and /etc/fstab.",
  }),

  'firmware-stuck': (decided) => ({
    meaning: decided.decision.because.some((signal) => isOf(signal, 'edk2-setup'))
      ? 'The firmware waits in its setup menu: a key was pressed during startup, or it found nothing to boot.'
      : `The firmware or boot loader did not start a kernel${quoted(decided.captures.reason ?? decided.captures.option)}.`,
    cure: loaderCure(decided),
  }),

  'kernel-silent': ({ decision: { byCpu }, standing: { context } }) => ({
    meaning: kernelSilent(byCpu, context),
    cure: "Add earlycon to the kernel's command line and check console=. Check that the kernel and the device tree are complete, match this machine, and do not overlap in memory.",
  }),

  'irq-storm': ({ captures: { irq } }) => ({
    meaning: `Interrupt ${irq ?? ''} keeps firing without a handler, and the boot makes no progress. After a kexec the cause is usually a device that the first kernel left running.`,
    cure: 'Stop the device before the kexec (unload its driver; use systemctl kexec instead of kexec -f), or boot with irqpoll to get further.',
  }),

  'entropy-blocked': ({ captures: { task } }) => ({
    meaning: `A program${quoted(task)} waits for random numbers and the kernel has none yet: getrandom(2) blocks.`,
    cure: 'Give the machine a source of entropy: virtio-rng, random.trust_cpu=on or a saved seed. Linux 5.6 and later generate their own.',
  }),

  'qemu-exited': ({ standing: { end } }) => ({
    meaning: `QEMU ended${end?.detail ? ` (${end.detail})` : ''} before the boot reached an outcome.`,
    cure: 'If the guest reset itself or powered off, check its last lines. If QEMU failed, check its error message.',
  }),

  'no-output': () => ({
    meaning: 'The console printed nothing at all.',
    cure: 'Check that this is the right serial port and that console= names it. Add earlycon to see a kernel that dies early.',
  }),

  unknown: (decided) => ({ meaning: unknown(decided), cure: unknownCure(decided) }),
};

/** The system call that refused the kernel, where a line names it and its error. */
function failedCall({ decision: { because } }: Decided): FailedLoad | null {
  const refused = because.find((signal) => isOf(signal, 'kexec-load-syscall'));
  return refused === undefined ? null : failedLoad(refused.text);
}

/** A panic and its cause: a fault of the kernel, or the last message of an init that gave up. */
function panicked(decided: Decided): string {
  const { because, stage } = decided.decision;
  const { panic, reason } = decided.captures;
  const words = because.find((signal) => isOf(signal, 'last-words'));
  if (words !== undefined)
    return `The first program gave up${quoted(words.text)}. The kernel cannot run without it.`;
  if (because.some((signal) => isOf(signal, 'crash-kernel')))
    return 'This is a crash kernel: the previous kernel panicked.';
  if (stage === 'kexec')
    return `The first kernel crashed during the kexec${quoted(reason ?? panic)}. The second kernel did not run.${softRestart(because)}`;
  if (panic === undefined && reason !== undefined)
    return `The kernel hit a bug${quoted(reason)} and shows no progress after it.`;
  return reason === undefined
    ? `The kernel panicked${quoted(panic)}.`
    : `The kernel panicked${quoted(panic)} because of a bug${quoted(reason)}.`;
}

/** Linux 6.10 began to switch the lower page table off inside the kernel, and 7.1 switches it on for a kexec. */
function softRestart(because: Signal[]): string {
  const fault = because.find((signal) => isOf(signal, 'soft-restart-fault'));
  return fault === undefined
    ? ''
    : ` Line ${fault.line} names the cause: it jumped to code that its page tables no longer map. 32-bit arm kernels with LPAE do so at every kexec, from Linux 6.10 until the fix in 7.1 (CONFIG_CPU_TTBR0_PAN).`;
}

function brokenInitrd({ decision: { because }, captures: { reason } }: Decided): string {
  return because.some((signal) => isOf(signal, 'initrd-unusable'))
    ? `The initrd is loaded where the kernel cannot use it${quoted(reason)}, so the kernel ignores it.`
    : `The kernel could not unpack its initrd${quoted(reason)}: the file is damaged, or it was overwritten in memory before the kernel read it.`;
}
