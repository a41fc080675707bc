import { setup } from 'xstate';
import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import type { BootContext, Update, BootEvent } from './context.ts';
import { isKexecFailure } from './failures.ts';
import * as kernels from './kernel-updates.ts';
import * as updates from './updates.ts';

/** How the boot machine's memory changes when an action of this name is to be done. */
export type Note = (context: BootContext, event: BootEvent) => Partial<BootContext>;

/** An event without a signal has nothing to note. */
function note(update: Update): Note {
  return (context, event) => ('signal' in event ? update(context, event) : {});
}

/** The boot machine's actions. */
export const notes = {
  startKernel: note(kernels.startKernel),
  nameKernel: note(kernels.nameKernel),
  expectReplay: note(kernels.expectReplay),
  endReplay: note(kernels.endReplay),
  noteReset: note(kernels.noteReset),
  noteFirmware: note(kernels.noteFirmware),
  noteFirmwareStart: note(kernels.noteFirmwareStart),
  noteFirmwarePrompt: note(kernels.noteFirmwarePrompt),
  noteFailure: note(updates.noteFailure),
  noteWarning: note(updates.noteWarning),
  noteProgress: note(updates.noteProgress),
  noteSystem: note(updates.noteSystem),
  noteLogin: note(updates.noteLogin),
  noteUp: note(updates.noteUp),
  noteShell: note(updates.noteShell),
  noteLife: updates.noteLife,
  noteTrace: note(updates.noteTrace),
  noteTimeout: note(updates.noteTimeout),
  noteRootDependency: note(updates.noteRootDependency),
  noteCrashKernel: note(updates.noteCrashKernel),
  notePowerOff: note(kernels.notePowerOff),
  noteDecompressed: note(kernels.noteDecompressed),
  noteProof: note(updates.noteProof),
  noteRescue: note(updates.noteRescue),
  noteKexecAnnounced: note(kernels.noteKexecAnnounced),
  noteKexecComplaint: note(kernels.noteKexecComplaint),
  noteKexecStarted: note(kernels.noteKexecStarted),
  noteKexecLeft: note(kernels.noteKexecLeft),
} satisfies Record<string, Note>;

type Condition = (context: BootContext, event: BootEvent) => boolean;

/** What decides between two transitions of the boot machine, besides its state and the event. */
const conditions = {
  isReplay: ({ replay, stage, boundary }) =>
    replay === 'possible' && stage === 'kernel' && boundary === null,
  isAnotherKernel: ({ generation, boundary, banner }, event) =>
    generation === 0 || boundary !== null || ('signal' in event && isOther(banner, event.signal)),
  isOnlySilent: ({ firmwareFailed }) => firmwareFailed === null,
  runsInitramfs: (_, event) => 'signal' in event && event.signal.captures.init === '/init',
  programsEnded: ({ kexecAnnounced }) =>
    kexecAnnounced !== null && isOf(kexecAnnounced, 'kexec-shutdown'),
  kexecHasFailed: ({ failures }) => failures.some(isKexecFailure),
} satisfies Record<string, Condition>;

/** Whether a banner is not that of the kernel that has shown its own. */
function isOther(banner: Signal | null, { captures }: Signal): boolean {
  return banner !== null && banner.captures.release !== captures.release;
}

/** An event as the machine hears it. `holds`: one bit for each of the conditions, in their order. */
export type Heard = { type: BootEvent['type']; holds: number };

/** What there is to decide on when an event comes. */
export function heard(context: BootContext, event: BootEvent): Heard {
  let holds = 0;
  let bit = 1;
  for (const condition of order) {
    if (condition(context, event)) holds |= bit;
    bit <<= 1;
  }
  return { type: event.type, holds };
}

const order: readonly Condition[] = Object.values(conditions);

function holds(condition: Condition) {
  const bit = 1 << order.indexOf(condition);
  return ({ event }: { event: Heard }) => (event.holds & bit) !== 0;
}

/** The caller does what the machine only names. */
const named = (): void => undefined;

/**
 * What several states have in common.
 *
 * - `over`: nothing that is done to the machine will change the outcome.
 * - `leaving`: the old kernel has begun the jump, and no other kernel has spoken.
 * - `rescue`: a shell waits for somebody who repairs the system.
 * - `loader`: a boot loader may speak.
 * - `shell`: commands can be typed there, and their shell remains.
 */
export type Tag = 'over' | 'leaving' | 'rescue' | 'loader' | 'shell';

/** The words the boot machine is written in. */
export const bootSetup = setup({
  types: { events: {} as Heard, tags: {} as Tag },
  actions: mapValues(notes, () => named),
  guards: mapValues(conditions, holds),
});

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From) => To,
): Record<Key, To> {
  const changed = Object.entries<From>(record).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as Record<Key, To>;
}
