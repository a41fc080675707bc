import { assign, setup } from 'xstate';
import type { BootContext } from './context.ts';
import { isKexecFailure } from './context.ts';
import type { BootEvent } from './events.ts';
import type { Stage } from './outcome.ts';
import type { Signal } from './signal.ts';
import * as kernels from './kernel-updates.ts';
import type { Update } from './update.ts';
import * as updates from './updates.ts';

type Arguments = { context: BootContext; event: BootEvent };

function change(compute: (args: Arguments) => Partial<BootContext>) {
  return assign<BootContext, BootEvent, undefined, BootEvent, never>(compute);
}

/** Makes an action of an update. An event without a signal has nothing to note. */
function note(update: Update) {
  return change(({ context, event }) => ('signal' in event ? update(context, event) : {}));
}

function enter(stage: Stage) {
  return change(() => ({ stage }));
}

/** Whether a banner is not that of the kernel that has shown its own. */
function isOther(banner: Signal | null, { captures }: Signal): boolean {
  return banner !== null && banner.captures.release !== captures.release;
}

/** The words the boot machine is written in. */
export const bootSetup = setup({
  types: { context: {} as BootContext, events: {} as BootEvent },
  actions: {
    enterFirmware: enter('firmware'),
    enterKernel: enter('kernel'),
    enterInitramfs: enter('initramfs'),
    enterKexec: enter('kexec'),
    enterUserspace: enter('userspace'),
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
    noteLife: change(({ context }) => updates.noteLife(context)),
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
  },
  guards: {
    isReplay: ({ context: { replay, stage, boundary } }) =>
      replay === 'possible' && stage === 'kernel' && boundary === null,
    isAnotherKernel: ({ context: { generation, boundary, banner }, event }) =>
      generation === 0 || boundary !== null || ('signal' in event && isOther(banner, event.signal)),
    isOnlySilent: ({ context }) => context.firmwareFailed === null,
    runsInitramfs: ({ event }) => 'signal' in event && event.signal.captures.init === '/init',
    programsEnded: ({ context: { kexecAnnounced } }) =>
      kexecAnnounced?.signature === 'kexec-shutdown',
    kexecHasFailed: ({ context }) => context.failures.some(isKexecFailure),
  },
});
