import { setTimeout as sleep } from 'node:timers/promises';
import type { TakenSample } from '../boot/cpu/cpu-sample.ts';
import type { BootObserver } from '../boot/observer.ts';
import { UnavailableError } from '../errors.ts';
import type { CpuSample } from '../model/boot.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import type { BootClock } from './boot-clock.ts';
/** How often to sample the CPUs, in host milliseconds. No single sample decides an outcome. */
const sampleEvery = 50;
/** A sample costs the guest 2 ms. A guest that makes progress needs fewer of them. */
const sampleEveryWhileGettingOn = 150;

type Hooks = {
  /** Passes on what the guest has printed by now. */
  catchUp: () => void;
  /** Called before the observer gets the sample. */
  onSample: (taken: TakenSample) => void;
};

/**
 * Asks a machine that is being watched what its console does not say. What the guest had printed when QEMU answered is
 * passed on before anything follows from the answer.
 */
export class MachineProbe {
  readonly #machine: Machine;
  readonly #clock: BootClock;
  readonly #observer: BootObserver;
  readonly #hooks: Hooks;
  #sampledAt = 0;
  #gone = false;

  constructor(machine: Machine, clock: BootClock, observer: BootObserver, hooks: Hooks) {
    this.#machine = machine;
    this.#clock = clock;
    this.#observer = observer;
    this.#hooks = hooks;
    void machine.exited.then(() => (this.#gone = true));
  }

  /** Reads the guest's clock. @throws QmpLost when QEMU is there and does not answer */
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
   * QEMU may end between two questions; the session notices that, and it is not an error here. A question that QEMU or the
   * host refuses (a host may keep no account of CPU time) is left out, and the session goes on.
   * @returns whether the machine stood still meanwhile
   * @throws QmpLost when QEMU is there and does not answer
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
      // An error of a listener (a full disk) says nothing about QEMU.
      if (error !== refusal) throw error;
      if (this.#gone) return false;
      if (!(error instanceof UnavailableError)) throw error;
      if (error instanceof QmpLost && (await exitSoon(this.#machine)) === null) throw error;
      return false;
    }
  }
}

/** What a signal that ended QEMU usually comes from. */
const origins: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL:
    'Somebody killed it, or the host ran out of memory (see dmesg); run fewer cases at a time with --jobs.',
  SIGXFSZ: 'A file it wrote reached the limit for file sizes; raise it with `ulimit -f unlimited`.',
  SIGXCPU: 'It reached the limit for CPU time; raise it with `ulimit -t unlimited`.',
};

const crashed =
  'QEMU itself has crashed. Run the case again; if it crashes again, try another version with --qemu-dir.';

/**
 * Why QEMU ended, where neither the guest nor the lab had asked for it: killed, crashed, or given up with a message of
 * its own; or had failed the guest before, on the host's disk or in its network. Null where the guest did it (it switched itself off or reset), which is a statement about the guest.
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
  if (asked || isGuests(reason)) return null;
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const why = [reason === 'host-signal' ? 'somebody ended it' : reason, stderr].filter(Boolean);
  const hint = reason === 'host-signal' ? undefined : ((signal && origins[signal]) ?? crashed);
  return new UnavailableError(
    `QEMU ended in the middle of the boot (${[how, ...why].join(', ')})`,
    hint === undefined ? {} : { hint },
  );
}

/** Reasons for a shutdown as QMP names them (`ShutdownCause`): the guest's, or a step's that pressed the reset button. */
function isGuests(reason: string | null): boolean {
  if (reason === null) return false;
  return (
    reason.startsWith('guest-') || ['subsystem-reset', 'host-qmp-system-reset'].includes(reason)
  );
}

/**
 * How QEMU ended, if it does within `milliseconds`: what it leaves behind (a closed connection) is often seen before its
 * end is. Null where it stays.
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
