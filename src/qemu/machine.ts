import { UnavailableError } from '../errors.ts';
import type { CpuSample } from '../model/boot.ts';
import { incomingArguments, qemuArguments, readGuestClock } from './arguments.ts';
import type { ConsoleOutput } from './console-pipe.ts';
import type { Qemu } from './find-qemu.ts';
import type { MachineSpec } from './machine-spec.ts';
import { dumpMemory, saveState, stateLoaded } from './machine-state.ts';
import { takeSample, vcpuThreads, readSshPort } from './probe.ts';
import type { ProcessExit } from './process.ts';
import { endProcess, startProcess } from './process.ts';
import type { Qmp } from './qmp.ts';
import { keepAnswering, connectQmp } from './qmp.ts';

export type MachineExit = ProcessExit & {
  /**
   * QEMU's reason for shutting down (`guest-reset`, `guest-shutdown`, `host-qmp-quit`, …), `host-disk-error (…)` where
   * the host's disk failed under the guest, or null if it gave none.
   */
  reason: string | null;
  /** Whether the lab had asked it to end by then. */
  asked: boolean;
};

/** A running (or ended) virtual machine. */
export type Machine = {
  pid: number;
  /** The program and its arguments, as started. */
  commandLine: string[];
  /** What the guest writes to its serial console, from the first byte; ends when QEMU does. */
  console: ConsoleOutput;
  /** Types on the guest's serial console. */
  write(bytes: Uint8Array | string): void;
  /** Powers on or continues: the machine starts stopped, so that no early byte is lost. */
  continue(): Promise<void>;
  /** Stops the CPUs until `continue`. */
  pause(): Promise<void>;
  /** Stops the CPUs while `action` works. All that the guest has written by then can be read from the console. */
  whilePaused<Result>(action: () => Promise<Result>): Promise<Result>;
  /** Writes the state of a machine that is paused, its memory and devices but not its disks, to a file; see `StartOptions.state`. */
  saveState(file: string): Promise<void>;
  /** Writes the guest's memory to a file, an ELF core of physical addresses. @throws UnavailableError when QEMU cannot. */
  dumpMemory(file: string): Promise<void>;
  /** Presses the reset button. @throws UnavailableError when QEMU is gone. */
  reset(): Promise<void>;
  /** @throws UnavailableError when QEMU is gone or does not answer. */
  sample(): Promise<CpuSample>;
  /** The guest's clock, see {@link readGuestClock}. @throws UnavailableError when QEMU is gone or does not answer. */
  guestSeconds(): Promise<number>;
  /**
   * The port on 127.0.0.1 that leads to the guest's ssh server, whether it listens yet or not.
   * @throws UnavailableError where the machine's network has no ssh, or QEMU is gone.
   */
  sshPort(): Promise<number>;
  /** Any other command of QMP, see {@link Qmp}. */
  execute: Qmp['execute'];
  exited: Promise<MachineExit>;
  /** Ends QEMU: asks, then SIGTERM, then SIGKILL, a few seconds each. May be called at any time, again and again. */
  stop(): Promise<MachineExit>;
};

type StartOptions = {
  /** Where QEMU may put the temporary overlays of writable disks. */
  directory: string;
  /** File that `saveState` wrote, of the same machine with the same QEMU: it starts there instead of at power-on. */
  state?: string | undefined;
  /** Stops the machine when aborted. */
  signal?: AbortSignal;
  /** How long each step of `stop` waits for the next, in milliseconds. */
  patience?: number;
};

/**
 * Starts QEMU with the machine stopped and its console attached.
 * @throws UnavailableError, with QEMU's own words, when QEMU cannot start; `signal.reason` when aborted meanwhile.
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
  // Why it ended is on the control connection, whose last words may be read only after the process is gone.
  const heardOut = new Promise((resolve) => process.qmp.once('close', resolve));
  const exited = process.exited.then(async (exit) => {
    const byUs = asked;
    await heardOut;
    return { ...exit, reason, asked: byUs };
  });
  const connecting = connectQmp(process.qmp, (event, data) => {
    const why = String(data['reason']);
    if (event === 'SHUTDOWN') reason ??= why;
    if (event === 'STOP' || event === 'RESUME') running = event === 'RESUME';
    // QEMU pauses a machine whose overlay does not fit on the host's disk; from outside that looks like a hang.
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
  const alone = oneAfterTheOther();
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

/** Runs actions that stop and start the CPUs one at a time, so that none starts what another has stopped. */
function oneAfterTheOther(): <T>(action: () => Promise<T>) => Promise<T> {
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
