import type { Decided } from '../decide/decision.ts';
import { mayBeArm } from '../decide/decision.ts';
import type { BootContext } from '../machine/context.ts';
import type { StateName } from '../machine/step.ts';

/** What to try after a jump into silence, on this kind of machine. */
export function byeHangCure(decided: Decided): string {
  const { arch } = decided.standing.machine;
  const steps = [
    'run kexec with -d to see what is loaded where',
    ...(mayBeArm(decided.standing.machine)
      ? [
          'on 32-bit arm, add --image-size=67108864 (kexec underestimates the size of kernels with a larger text offset, so the kernel overwrites the device tree)',
        ]
      : []),
    ...(arch === 'x86' ? [] : ['omit --dtb, or pass the right one']),
    "add earlycon to the new kernel's command line",
  ];
  return `Try in this order: ${steps.join('; ')}.`;
}

/** The state of the boot machine before it has recognised anything. */
const nothingKnown: StateName = 'firmware.silent';

/** Why it is a hang after the jump, and what shows it. */
export function byeHang({ decision, standing, captures: { reason } }: Decided): string {
  const { context, end, state } = standing;
  const words = context.kexecLeft === null ? 'began the jump' : 'said "Bye!"';
  if (state.stage !== 'kexec' || context.boundary === 'reset') {
    return `The first kernel ${words}, then the machine restarted. The second kernel died before its first message or never ran.`;
  }
  if (context.decompressed !== null && !decision.byCpu) {
    return `The first kernel ${words}, and the second kernel unpacked itself, so the jump and the kernel file are good. Then the console went silent: the second kernel died before its first message, or it uses a different console.`;
  }
  if (reason !== undefined) {
    return `The first kernel ${words}, but the code it jumped to gave up before the second kernel printed anything: ${reason}.`;
  }
  if (decision.byCpu) {
    return `The first kernel ${words}, then nothing: the console is silent and the CPUs are stuck. The second kernel is dead, not slow.`;
  }
  const log = end?.reason === 'log-ended' ? 'The log only shows silence' : 'There is only silence';
  return `The first kernel ${words}, then nothing: the second kernel printed nothing. ${log}. CPU samples (is it stuck?) or the kernel's log in memory would prove that it is dead.`;
}

/** How far the boot got, and why observation ended. */
export function unknown({ decision: { generation, stage }, standing }: Decided): string {
  const { state, context, end } = standing;
  const where = generation === 0 ? stage : `the ${stage} stage of generation ${generation}`;
  if (context.boundary === 'kexec' && context.login !== null) {
    return 'A kexec began and a login prompt follows, but nothing shows which kernel printed it.';
  }
  if (context.login !== null && context.boundary === 'reset' && end?.reason === 'log-ended') {
    return 'The system came up, then the machine was reset. The log does not show what happened next.';
  }
  if (end === null) return `Not decided yet: the boot is in ${where}.`;
  if (state.name === nothingKnown) {
    return `The text does not look like the console of a booting machine${end.detail ? ` (${end.detail})` : ''}.`;
  }
  if (end.reason === 'log-ended') {
    return context.boundary === 'reset'
      ? `The log ends while the machine is being reset, in ${where}. It shows no failure.`
      : `The log ends in ${where} and shows no failure.`;
  }
  const silence = end.silentMs ? ` after ${Math.round(end.silentMs / 1000)} s of silence` : '';
  const cpu = state.stage === 'kexec' ? '; whether the second kernel is alive is not known' : '';
  return `Observation ended in ${where}${silence}${end.detail ? ` (${end.detail})` : ''}${cpu}.`;
}

export function unknownCure({ standing: { end, state, context } }: Decided): string {
  if (context.login !== null && context.boundary === 'reset') {
    return 'Record until the machine is up again. If nobody requested the reset, look for a watchdog.';
  }
  if (state.name === nothingKnown) {
    return 'Check that this file is the log of the serial console, and check the baud rate: at the wrong speed every console is noise.';
  }
  return end?.reason === 'log-ended'
    ? 'Record for longer, until the console has been silent for a minute. If it stays silent at this point, add earlycon ignore_loglevel to the command line.'
    : "If the boot was still making progress, raise limits: in the scenario. Otherwise add earlycon ignore_loglevel to the kernel's command line to see more.";
}

/** A boot loader started a kernel, and the kernel printed nothing. */
export function kernelSilent(byCpu: boolean, { decompressed }: BootContext): string {
  const who =
    decompressed === null
      ? 'The boot loader started a kernel'
      : 'The kernel started and unpacked itself';
  return byCpu
    ? `${who}, then nothing: the console is silent and the CPUs are stuck. The kernel is dead, not slow.`
    : `${who}, then nothing: the kernel printed nothing. The log only shows silence. CPU samples would tell a dead kernel from a kernel that uses a different console.`;
}
