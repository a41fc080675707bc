import type { OutcomeId } from '../../model/vocabulary.ts';
import type { Decided } from '../decide/decision.ts';

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
