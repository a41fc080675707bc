import { UnavailableError } from '../errors.ts';
import type { CpuSample } from '../model/boot.ts';
import { incomingArguments, qemuArguments } from './arguments.ts';
import type { ConsoleOutput, ProcessExit } from './process.ts';
import type { Qemu } from '../model/examination.ts';
import type { MachineSpec } from './machine-spec.ts';
import {
  dumpMemory,
  saveState,
  stateLoaded,
  takeSample,
  vcpuThreads,
  readSshPort,
} from './machine-state.ts';
import { endProcess, startProcess } from './process.ts';
import type { Qmp } from './qmp.ts';
import { keepAnswering, connectQmp, readGuestClock } from './qmp.ts';

export type MachineExit = ProcessExit & {
  /**
   * QEMU's reason for shutting down (`guest-reset`, `guest-shutdown`, `host-qmp-quit`, …), or `host-disk-error (…)` if
   * the host could not write the guest's disk; null if QEMU gave none.
   */
  reason: string | null;
  /** Whether the lab had asked QEMU to end before that. */
  asked: boolean;
};

/** A running (or ended) virtual machine. */
export type Machine = {
  pid: number;
  /** The program and its arguments, as started. */
  commandLine: string[];
  /** The output of the guest's serial console, from the first byte until QEMU ends. */
  console: ConsoleOutput;
  /** Types on the guest's serial console. */
  write(bytes: Uint8Array | string): void;
  /** Powers on or continues: the machine starts stopped, so that no early byte is lost. */
  continue(): Promise<void>;
  /** Stops the CPUs until `continue`. */
  pause(): Promise<void>;
  /** Stops the CPUs during `action`, in which everything the guest has written can be read from the console. */
  whilePaused<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Writes the state of a paused machine to a file: memory and devices, without disks. See `StartOptions.state`. */
  saveState(file: string): Promise<void>;
  /** Writes the guest's memory to a file, see {@link dumpMemory}. */
  dumpMemory(file: string): Promise<void>;
  /** Presses the reset button. @throws UnavailableError if QEMU has ended. */
  reset(): Promise<void>;
  /** @throws UnavailableError if QEMU has ended or does not answer. */
  sample(): Promise<CpuSample>;
  /** The guest's clock, see {@link readGuestClock}. @throws UnavailableError if QEMU has ended or does not answer. */
  guestSeconds(): Promise<number>;
  /**
   * The port on 127.0.0.1 that is forwarded to the guest's ssh port, whether or not a server listens there.
   * @throws UnavailableError if the machine's network has no ssh, or QEMU has ended.
   */
  sshPort(): Promise<number>;
  /** Executes any other QMP command, see {@link Qmp}. */
  execute: Qmp['execute'];
  exited: Promise<MachineExit>;
  /** Ends QEMU: `quit`, then SIGTERM, then SIGKILL, a few seconds apart. May be called at any time, and repeatedly. */
  stop(): Promise<MachineExit>;
};

type StartOptions = {
  /** The directory for the temporary overlays of writable disks. */
  directory: string;
  /** A file from `saveState` of the same machine and QEMU, to start from instead of power-on. */
  state?: string | undefined;
  /** Stops the machine when aborted. */
  signal?: AbortSignal;
  /** The time between the steps of `stop`, in milliseconds. */
  patience?: number;
};

/**
 * Starts QEMU with the machine stopped and its console attached.
 * @throws UnavailableError, with QEMU's own message, if QEMU cannot start; `signal.reason` if aborted.
 */
export async function startMachine(
  spec: MachineSpec,
  qemu: Qemu,
  { directory, state, signal, patience = 2000 }: StartOptions,
): Promise<Machine> {
  signal?.throwIfAborted();
  const incoming = state === undefined ? [] : incomingArguments;
  const commandLine = [qemu.binary, ...qemu.options, ...qemuArguments(spec), ...incoming];
  const process = await startProcess(commandLine, directory, state);
  let reason: string | null = null;
  let asked = false;
  let poweredOn: number | undefined;
  let running = false;
  let threads: Promise<number[]> | undefined;
  // The reason for its end arrives on the control connection, perhaps only after the process has ended.
  const allRead = new Promise((resolve) => process.qmp.once('close', resolve));
  const exited = process.exited.then(async (exit) => {
    const byUs = asked;
    await allRead;
    return { ...exit, reason, asked: byUs };
  });
  const connecting = connectQmp(process.qmp, (event, data) => {
    const why = String(data['reason']);
    if (event === 'SHUTDOWN') reason ??= why;
    if (event === 'STOP' || event === 'RESUME') running = event === 'RESUME';
    // QEMU pauses a machine whose overlay does not fit on the host's disk, which would look like a hang.
    if (event === 'BLOCK_IO_ERROR' && data['action'] === 'stop') {
      reason = `host-disk-error (${why})`;
      halt();
    }
  });
  const stop = once(async () => {
    asked = true;
    await endProcess(process, connecting, patience);
    return exited;
  });
  const halt = (): void => {
    stop().catch(() => undefined);
  };
  signal?.addEventListener('abort', halt);
  void exited.then(() => signal?.removeEventListener('abort', halt));

  const qmp = await connecting
    .then(async (qmp) => {
      if (state !== undefined) await stateLoaded(qmp);
      return qmp;
    })
    .finally(() => signal?.throwIfAborted())
    .catch(async (cause: unknown) => {
      const { stderr, code } = await stop();
      process.console.close();
      signal?.throwIfAborted();
      const words = stderr === '' ? `exit code ${String(code)}, no message` : stderr;
      throw new UnavailableError(`QEMU did not start: ${words}`, { cause });
    });
  if (spec.recording?.mode === 'record') void exited.then(keepAnswering(qmp));
  const alone = oneAtATime();
  return {
    pid: process.pid,
    commandLine,
    console: process.console,
    write: process.type,
    continue: async () => {
      poweredOn ??= performance.now();
      await qmp.execute('cont');
    },
    pause: () =>
      alone(async () => {
        await qmp.execute('stop');
      }),
    whilePaused: (action) =>
      alone(async () => {
        await qmp.execute('stop');
        try {
          return await action();
        } finally {
          await qmp.execute('cont');
        }
      }),
    saveState: (file) => saveState(qmp, file),
    dumpMemory: (file) => alone(() => dumpMemory(qmp, file)),
    reset: async () => {
      await qmp.execute('system_reset');
    },
    sample: () =>
      alone(async () => {
        const at = performance.now() - (poweredOn ?? 0);
        threads ??= vcpuThreads(qmp);
        return takeSample(qmp, { pid: process.pid, threads: await threads, running, at });
      }),
    guestSeconds: () => readGuestClock(qmp),
    sshPort: () => readSshPort(qmp),
    execute: (command, args) => qmp.execute(command, args),
    exited,
    stop,
  };
}

/** Runs one action at a time, so that none starts the CPUs while another needs them stopped. */
function oneAtATime(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= action());
}
