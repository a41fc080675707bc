import { setTimeout as sleep } from 'node:timers/promises';
import type { TakenSample } from '../boot/cpu/silence.ts';
import type { BootObserver } from '../boot/observer.ts';
import { UnavailableError } from '../errors.ts';
import type { CpuSample } from '../model/boot.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import type { BootClock } from './boot-clock.ts';

/** How often to sample the CPUs, in host milliseconds. No single sample decides an outcome. */
const sampleEvery = 50;
/** A sample costs the guest 2 ms, so a guest that makes progress is sampled less often. Host milliseconds. */
const sampleEveryWhileGettingOn = 150;

type Hooks = {
  /** Passes on what the guest has printed so far. */
  catchUp: () => void;
  /** Called before the observer gets the sample. */
  onSample: (taken: TakenSample) => void;
};

/**
 * Reads a running machine's clock and samples its CPUs. What the guest had printed when QEMU answered is passed on before
 * the answer is used.
 */
export class MachineProbe {
  readonly #machine: Machine;
  readonly #clock: BootClock;
  readonly #observer: BootObserver;
  readonly #hooks: Hooks;
  #sampledAt = 0;
  #exited = false;

  constructor(machine: Machine, clock: BootClock, observer: BootObserver, hooks: Hooks) {
    this.#machine = machine;
    this.#clock = clock;
    this.#observer = observer;
    this.#hooks = hooks;
    void machine.exited.then(() => (this.#exited = true));
  }

  /** Reads the guest's clock. @throws QmpLost when QEMU runs and does not answer */
  async readClock(): Promise<void> {
    await this.#ask(() => this.#machine.guestSeconds());
  }

  /** Samples the CPUs for the observer, unless that was just done. @throws QmpLost, see `readClock` */
  async lookInside(): Promise<void> {
    const pause = this.#observer.gettingOn ? sampleEveryWhileGettingOn : sampleEvery;
    if (this.#clock.elapsed - this.#sampledAt < pause) return;
    let sample: CpuSample | undefined;
    const stoodStill = await this.#ask(async () => {
      sample = await this.#machine.sample();
      return sample.guestSeconds;
    });
    if (sample !== undefined && !stoodStill) {
      this.#hooks.onSample({ sample, silentMs: Math.round(this.#clock.quiet) });
      this.#observer.sample(sample);
    }
    this.#sampledAt = this.#clock.elapsed;
  }

  /**
   * Asks QEMU, and updates the clock. QEMU may exit at any time; that is not an error here, since the session notices it.
   * If QEMU or the host refuses a question (a host may not account CPU time), it is skipped and the session goes on.
   * @returns whether the machine was stopped meanwhile
   * @throws QmpLost when QEMU runs and does not answer
   */
  async #ask(ask: () => Promise<number>): Promise<boolean> {
    let refusal: unknown;
    const guestSeconds = async (): Promise<number> => {
      const seconds = await ask().catch((error: unknown) => {
        refusal = error;
        throw error;
      });
      this.#hooks.catchUp();
      return seconds;
    };
    try {
      const stoodStill = await this.#clock.readGuest(guestSeconds);
      if (stoodStill) this.#observer.disturbed();
      return stoodStill;
    } catch (error) {
      // Errors of a listener (a full disk) are not QEMU's.
      if (error !== refusal) throw error;
      if (this.#exited) return false;
      if (!(error instanceof UnavailableError)) throw error;
      if (error instanceof QmpLost && (await exitSoon(this.#machine)) === null) throw error;
      return false;
    }
  }
}

/** Hints by the signal that killed QEMU: where it usually comes from. */
const origins: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL:
    'It was killed by another program, or the host ran out of memory (see dmesg); run fewer cases at a time with --jobs.',
  SIGXFSZ:
    'A file that it wrote reached the limit for file sizes; raise it with `ulimit -f unlimited`.',
  SIGXCPU: 'It reached the limit for CPU time; raise it with `ulimit -t unlimited`.',
};

const crashed =
  'QEMU itself has crashed. Run the case again; if it crashes again, try another version with --qemu-dir.';

/**
 * The error to report if QEMU or the host failed: QEMU was killed, crashed, gave up with a message, or could not write
 * the guest's disk or run its network. Null if the guest ended the machine (power-off, reset) or the lab did.
 */
export function qemuTrouble({
  code,
  signal,
  reason,
  stderr,
  asked,
}: MachineExit): UnavailableError | null {
  if (reason?.startsWith('host-disk-error')) {
    return new UnavailableError(`QEMU could not write the guest's disk: ${reason}`, {
      hint: 'Make room on the disk that holds the run directory, or choose another with --out.',
    });
  }
  if (stderr.includes('fork_exec: ')) {
    return new UnavailableError(
      `QEMU could not start a program for the guest's network: ${stderr}`,
      {
        hint: 'Raise the limit for processes (`ulimit -u`), or run fewer cases at a time with --jobs.',
      },
    );
  }
  if (asked || isByGuest(reason)) return null;
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const why = [reason === 'host-signal' ? 'a signal ended it' : reason, stderr].filter(Boolean);
  const hint = reason === 'host-signal' ? undefined : ((signal && origins[signal]) ?? crashed);
  return new UnavailableError(
    `QEMU ended in the middle of the boot (${[how, ...why].join(', ')})`,
    hint === undefined ? {} : { hint },
  );
}

/** Whether the guest, or a step that reset the machine, caused the shutdown. Reasons are QMP's (`ShutdownCause`). */
function isByGuest(reason: string | null): boolean {
  if (reason === null) return false;
  return (
    reason.startsWith('guest-') || ['subsystem-reset', 'host-qmp-system-reset'].includes(reason)
  );
}

/**
 * How QEMU exited, if it does so within `milliseconds`; null if it keeps running. A closed connection is often noticed
 * before the exit itself.
 */
export async function exitSoon(
  { exited }: Pick<Machine, 'exited'>,
  milliseconds = 2000,
): Promise<MachineExit | null> {
  const cancel = new AbortController();
  const waited = sleep(milliseconds, null, { signal: cancel.signal }).catch(() => null);
  try {
    return await Promise.race([exited, waited]);
  } finally {
    cancel.abort();
  }
}
