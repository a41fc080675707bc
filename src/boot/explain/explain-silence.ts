import type { Decided } from '../decide/decision.ts';
import { mayBeArm } from '../machine-facts.ts';
import type { BootContext } from '../machine/context.ts';

/** The usual suspects behind a jump into silence, those of this machine. */
export function byeHangCure(decided: Decided): string {
  const { arch } = decided.standing.machine;
  const steps = [
    'kexec -d for what is loaded where',
    ...(mayBeArm(decided.standing.machine)
      ? [
          'on 32-bit arm --image-size=67108864 (kexec misjudges where kernels with a larger text offset end, and the device tree is overwritten)',
        ]
      : []),
    ...(arch === 'x86' ? [] : ['no --dtb or the right one']),
    'earlycon on the new kernel’s command line',
  ];
  return `Try in this order: ${steps.join('; ')}.`;
}

/** Where the boot machine stays while it recognises nothing. */
const nothingKnown = 'firmware.silent';

/** How sure it is that nothing comes after the jump, and by what. */
export function byeHang({ decision, standing, captures: { reason } }: Decided): string {
  const { context, end, state } = standing;
  const words = context.kexecLeft === null ? 'began the jump' : 'said "Bye!"';
  if (!state.startsWith('kexec.') || context.boundary === 'reset') {
    return `The first kernel ${words}, and instead of the second kernel the machine started anew: the new kernel died before its first word, or never ran.`;
  }
  if (context.decompressed !== null && !decision.byCpu) {
    return `The first kernel ${words}, and the second one unpacked itself: the jump and the kernel file are good. Then nothing: the second kernel died before its first word, or talks on another console.`;
  }
  if (reason !== undefined) {
    return `The first kernel ${words}, and what it jumped to gave up before the second kernel could speak: ${reason}.`;
  }
  if (decision.byCpu) {
    return `The first kernel ${words}, then nothing: the console is silent and the CPUs are stuck, so the second kernel is dead, not slow.`;
  }
  const log =
    end?.reason === 'log-ended' ? 'The log shows only the silence' : 'There is only silence';
  return `The first kernel ${words}, then nothing: the second kernel never spoke. ${log}; samples of the CPU (is it stuck?) or the text in the machine’s memory would prove it dead.`;
}

/** How far the boot came, and how its watching ended. */
export function unknown({ decision: { generation, stage }, standing }: Decided): string {
  const { state, context, end } = standing;
  const where = generation === 0 ? stage : `the ${stage} stage of generation ${generation}`;
  if (context.boundary === 'kexec' && context.login !== null) {
    return 'A kexec began and a login prompt follows, but nothing tells which kernel it belongs to.';
  }
  if (context.login !== null && context.boundary === 'reset' && end?.reason === 'log-ended') {
    return 'The system came up, and then the machine was reset; nothing shows what came of that.';
  }
  if (end === null) return `Nothing is decided yet; the boot is in ${where}.`;
  if (state === nothingKnown) {
    return `Nothing that came looks like the console of a machine that boots${end.detail ? ` (${end.detail})` : ''}.`;
  }
  if (end.reason === 'log-ended') {
    return context.boundary === 'reset'
      ? `The log ends where the machine is being reset, in ${where}; nothing in it says that anything failed.`
      : `The log ends in ${where}, and nothing in it says that anything failed.`;
  }
  const silence = end.silentMs ? ` after ${Math.round(end.silentMs / 1000)} s of silence` : '';
  const cpu = state.startsWith('kexec.') ? '; nothing proves the second kernel dead or alive' : '';
  return `The watching ended in ${where}${silence}${end.detail ? ` (${end.detail})` : ''}${cpu}.`;
}

export function unknownCure({ standing: { end, state, context } }: Decided): string {
  if (context.login !== null && context.boundary === 'reset') {
    return 'Record on until the machine is up again. If nobody has asked for the reset, look for a watchdog.';
  }
  if (state === nothingKnown) {
    return 'Check that this is the log of the serial console and not another file, and the speed of the port: at a wrong baud rate every console is noise.';
  }
  return end?.reason === 'log-ended'
    ? 'Record for longer, and until the console has been silent for a minute; if it stays silent here, add earlycon ignore_loglevel to the command line.'
    : 'If the console was still getting on, give it more time (limits: in the scenario); if not, add earlycon ignore_loglevel to the kernel’s command line to see more.';
}

/** A loader has handed over, and what it started says nothing. */
export function kernelSilent(byCpu: boolean, { decompressed }: BootContext): string {
  const who =
    decompressed === null
      ? 'The boot loader handed over to a kernel'
      : 'The kernel was started and unpacked itself';
  return byCpu
    ? `${who}, then nothing: the console is silent and the CPUs are stuck, so the kernel is dead, not slow.`
    : `${who}, then nothing: the kernel never spoke. The log shows only the silence; samples of the CPU would tell a dead kernel from one that talks elsewhere.`;
}
