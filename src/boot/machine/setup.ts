import { setup } from 'xstate';
import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import type { BootContext, Update, BootEvent } from './context.ts';
import { isKexecFailure } from './failures.ts';
import * as crashes from './crash.ts';
import * as kernels from './kernel-updates.ts';
import * as updates from './updates.ts';

/** How an action of the boot machine changes the context. */
export type Note = (context: BootContext, event: BootEvent) => Partial<BootContext>;

/** Turns an update into an action. Events without a signal change nothing. */
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
  noteCrashKernel: note(crashes.noteCrashKernel),
  noteCrashLoad: note(crashes.noteCrashLoad),
  noteCrashStart: note(crashes.noteCrashStart),
  noteDump: note(crashes.noteDump),
  notePowerOff: note(kernels.notePowerOff),
  noteDecompressed: note(kernels.noteDecompressed),
  noteProof: note(updates.noteProof),
  noteMachine: note(updates.noteMachine),
  noteRescue: note(updates.noteRescue),
  noteKexecAnnounced: note(kernels.noteKexecAnnounced),
  noteKexecComplaint: note(kernels.noteKexecComplaint),
  noteKexecStarted: note(kernels.noteKexecStarted),
  noteKexecLeft: note(kernels.noteKexecLeft),
  noteLostJump: note(kernels.noteLostJump),
} satisfies Record<string, Note>;

type Condition = (context: BootContext, event: BootEvent) => boolean;

/** The guards of transitions: conditions on the context and the event. */
const conditions = {
  isReplay: ({ replay, stage, boundary }) =>
    replay === 'possible' && stage === 'kernel' && boundary === null,
  isAnotherKernel: ({ generation, boundary, banner }, event) =>
    generation === 0 || boundary !== null || ('signal' in event && isOther(banner, event.signal)),
  isOnlySilent: ({ firmwareFailed }) => firmwareFailed === null,
  runsInitramfs: (_, event) => 'signal' in event && event.signal.captures.init === '/init',
  programsEnded: ({ kexecAnnounced }) =>
    kexecAnnounced !== null && isOf(kexecAnnounced, 'kexec-shutdown'),
  isFault: (context, event) =>
    'signal' in event &&
    !crashes.isJumping(context) &&
    event.outcome === 'kernel-panic' &&
    // A new kernel that dies before it introduces itself.
    !isOf(event.signal, 'early-exception'),
  kexecHasFailed: ({ failures }) => failures.some(isKexecFailure),
} satisfies Record<string, Condition>;

/** Whether a banner is another kernel's than the one known so far. */
function isOther(banner: Signal | null, { captures }: Signal): boolean {
  return banner !== null && banner.captures.release !== captures.release;
}

/** An event as the state machine gets it. `holds`: one bit for each of the conditions, in their order. */
export type Heard = { type: BootEvent['type']; holds: number };

/** Evaluates all conditions for an event, so that a transition depends on nothing else. */
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

/** xstate only names the actions; `step()` performs them. */
const named = (): void => undefined;

/**
 * Properties that several states share.
 *
 * - `over`: the outcome is final, whatever is done to the machine.
 * - `leaving`: the old kernel has begun the jump, and no other kernel has printed anything.
 * - `rescue`: a rescue shell waits for input.
 * - `loader`: a boot loader may be running.
 * - `shell`: commands may be typed at a shell that keeps running.
 */
export type Tag = 'over' | 'leaving' | 'rescue' | 'loader' | 'shell';

/** The types, actions and guards of the boot machine. */
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
