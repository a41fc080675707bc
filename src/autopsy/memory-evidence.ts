import type { Evidence, Outcome } from '../boot/outcome.ts';
import type { Autopsy } from './autopsy.ts';
import { tellingLines } from './kernel-log.ts';
import type { SilenceReason } from './silence-reason.ts';

/** The outcome with what the machine's memory tells of it: the reason in its meaning, the unheard words in its evidence. */
export function withMemory(outcome: Outcome, autopsy: Autopsy | null): Outcome {
  if (autopsy === null) return outcome;
  const { reason, sentence, log } = autopsy;
  const lines = log === null ? [] : tellingLines(log);
  const unheard = lines.map((text): Evidence => ({ line: null, text, signature: 'guest-memory' }));
  return {
    ...outcome,
    meaning: `${outcome.meaning} ${sentence}`,
    cure: cures[reason] ?? outcome.cure,
    evidence: [...outcome.evidence, ...unheard],
  };
}

/** What is said of a memory that could not be read. @param why in a few words */
export function unreadableMemory(why: string): Autopsy {
  const sentence = `Its memory could not be read: ${why.replace(/\.$/, '')}.`;
  return { reason: 'unreadable', sentence, log: null };
}

const early =
  'Search for the message with the kernel’s release, and boot the kernel before this one. With earlycon on its command line the new kernel is heard this early.';

/** What helps where the reason is known; the silence's own cure is for where it is not. */
const cures: Partial<Record<SilenceReason, string>> = {
  'device-tree-lost':
    'On 32-bit arm give kexec --image-size with a size well above the unpacked kernel’s, such as --image-size=67108864: kexec puts the device tree where kernels with a larger text offset unpack themselves. With --dtb, check that file.',
  'device-tree-without-memory':
    'Leave --dtb out, so that kexec passes on the running kernel’s tree, or give one with the machine’s memory in it.',
  'early-panic': early,
  'early-oops': early,
  'digest-mismatch':
    'Load the kernel right before the jump, and shut devices down first: one that still writes to memory after the shutdown is the usual culprit.',
  'image-damaged':
    'Get the kernel file again, and compare its size with the package’s: an update cut short or a full /boot leaves one like this.',
};
