import type { OutcomeId } from '../../model/vocabulary.ts';
import type { SignatureId } from '../../signatures/all.ts';
import { isOf } from '../../signatures/all.ts';
import type { Decided } from '../decide/decision.ts';
import { lossesOf } from '../machine/failures.ts';

// Systems that came up, whole or not, on the intended kernel or not; machines that start again and again; crash kernels.

/** How a system shows that it is up. */
const shown: readonly [SignatureId, string][] = [
  ['login-prompt', 'reached a login prompt'],
  ['console-inactive', 'came up and offers a shell on its console'],
  ['system-up', 'came up: systemd started its default target'],
  ['shell-prompt', 'came up to a shell'],
  ['root-shell', 'came up to a shell'],
];

/** A system that is up, and the trouble that it survived. */
export function booted({
  decision,
  standing: { context },
  captures: { release },
}: Decided): string {
  const { because, aside = [] } = decision;
  const [, how = 'came up'] =
    shown.find(([id]) => because.some((signal) => isOf(signal, id))) ?? [];
  const kernel = kernelName(release);
  const way =
    context.bornBy === 'kexec'
      ? `The machine kexec'ed into ${kernel} and ${how}`
      : `The machine ${how} on ${kernel}, without a kexec`;
  const off = context.poweredOff === null ? '' : '; it was powered off later';
  const [first] = aside;
  const survived =
    first === undefined ? '' : ` It survived the problem that line ${first.line} reports.`;
  return `${way}${off}.${survived}`;
}

/** A system that is up on an unexpected kernel. */
export function wrongKernel({ decision, standing: { context } }: Decided): string {
  const lost = context.replaced;
  if (lost === null || !decision.because.includes(lost.kernel))
    return 'A system came up, but not on the expected kernel.';
  return `The second kernel ran, then the machine was reset and its normal boot started ${kernelName(context.banner?.captures['release'])}.`;
}

function kernelName(release: string | undefined): string {
  return release === undefined ? 'a kernel of unknown release' : `kernel ${release}`;
}

/** A system that is up on a machine that has lost something. */
export function degraded({ standing: { context } }: Decided): Explanation {
  const losses = lossesOf(context);
  const named = losses.map(({ what, asked }) => (asked === null ? what : `${what}, see ${asked}`));
  const words = [...new Set(losses.flatMap(({ asked }) => asked ?? []))];
  return {
    meaning: `The system came up after the kexec, but the machine has lost: ${named.join('; ')}.`,
    cure: [
      ...(words.length === 0
        ? []
        : [
            `Remove ${words.join(' and ')} from the second kernel's command line, unless it is meant.`,
          ]),
      ...(losses.every(({ asked }) => asked !== null)
        ? []
        : [
            "Compare the two kernels' messages about what is lost (psci and smp for CPUs, the memory map for memory, GIC and ITS for interrupts), and boot the previous kernel or another kexec-tools.",
          ]),
    ].join(' '),
  };
}

/** A machine that is reset or kexecs again and again. */
export function rebootLoop({ standing: { context } }: Decided): Explanation {
  const { resets, jumps, lastWords } = context;
  const silent = lastWords.every((word) => isOf(word, 'kernel-booting', 'kernel-version'));
  const meaning =
    resets < 3
      ? `The machine kexecs in a loop (${jumps.length} times): whatever starts the kexec does not detect that it already happened.`
      : `The machine was reset ${resets} times and never reached a login prompt. ${
          silent
            ? 'Nothing announces the resets: the messages of one kernel stop, and the next one starts.'
            : 'The evidence shows the last message of each round.'
        }`;
  return {
    meaning,
    cure:
      resets >= 3 && silent
        ? 'Look for a watchdog. A kexec does not stop one: disable it before the kexec (RuntimeWatchdogSec= and KExecWatchdogSec= of systemd), or have its driver in the second kernel or its initrd.'
        : 'Fix what ends each round. If the kexec itself repeats, guard it: skip it when /proc/cmdline contains is_in_kexec=yes. Without panic= on the command line the machine stops at the first failure.',
  };
}

/** What an outcome means and its usual cure, one or two sentences each. */
export type Explanation = { meaning: string; cure: string };

/** The outcomes of crash kernels. */
export const crashExplanations = {
  dumped: ({ captures: { panic, reason, dump } }) => ({
    meaning: `The kernel panicked${quoted(panic ?? reason)}. Its crash kernel saved a dump${dump === undefined ? '' : ` in ${dump}`}, and the machine came back.`,
    cure: 'Read the dump: kexec-lab autopsy DUMP prints its kernel log and names the panic. For everything else, use crash(8) with the debug symbols of that kernel.',
  }),

  'dump-not-saved': (decided) => ({
    meaning: notSaved(decided),
    cure: 'Find the first problem that the crash kernel reports. Common causes: too little memory (raise crashkernel=), no space for the dump, a driver that the initrd of the crash kernel lacks, or a makedumpfile that does not know this kernel (docs/kdump.md).',
  }),

  'crash-not-reserved': ({ captures: { reason } }) => ({
    meaning: `No memory is reserved for a crash kernel${quoted(reason)}, so none is loaded. If this kernel panics, no dump is saved.`,
    cure: "Add crashkernel=256M to the kernel's command line and restart. If it is there, the kernel could not reserve that much: look for crashkernel in dmesg and ask for less.",
  }),

  'crash-load-failed': ({ captures: { reason } }) => ({
    meaning: `The crash kernel could not be loaded${quoted(reason)}. If this kernel panics, no dump is saved.`,
    cure: 'Load it by hand (kdump-config load, kdumpctl start, kexec -p) and read the message. If kexec finds no free area, raise crashkernel=: the crash kernel and its initrd must fit. Otherwise check that both files exist.',
  }),
} satisfies Partial<Record<OutcomeId, (decided: Decided) => Explanation>>;

function notSaved({ decision: { because, byCpu }, standing: { context } }: Decided): string {
  const [first] = because;
  const panic = context.crash?.causes.find(({ signal }) => 'panic' in signal.captures);
  const died = `The kernel panicked${quoted(panic?.signal.captures['panic'])}, and its crash kernel did not save a dump`;
  return byCpu || first === undefined
    ? `${died}: it hangs.`
    : `${died}: line ${first.line} shows why.`;
}

/** What is known of the dump of a kernel that has panicked. */
export function dumpMeaning({ standing: { context } }: Decided): string {
  const { crash, crashLoad } = context;
  if (crash?.dump?.saved === true)
    return ' Its crash kernel saved a dump; the console does not show that the machine came back.';
  if (crash?.back === true && crash.dump === null)
    return ' Its crash kernel was started and the machine came back. Nothing shows whether a dump was saved.';
  const [unloaded] = crashLoad;
  if (crash !== null || unloaded === undefined) return '';
  return ` No dump was saved: line ${unloaded.signal.line} shows that no crash kernel was loaded.`;
}

/** A program's message in brackets, without its full stop. */
export function quoted(text: string | undefined): string {
  return text === undefined ? '' : ` (${text.replace(/\s+/g, ' ').replace(/\.+$/, '')})`;
}
