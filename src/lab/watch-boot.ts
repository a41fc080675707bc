import { setTimeout as sleep } from 'node:timers/promises';
import type { BootObserver } from '../boot/observer.ts';
import type { Signal } from '../boot/signal.ts';
import { UnavailableError } from '../errors.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Limits } from '../scenario/scenario.ts';
import type { StageReading } from './stage-clock.ts';

/** Host milliseconds. None of these decides an outcome; they only say how often to look. */
const tick = 50;
const promptQuiet = 150;
const sampleQuiet = 500;
const graceQuiet = 300;
const longestGrace = 2000;

/** A guest that floods its console is stopped here: nobody reads more, and disks are finite. */
export const consoleLimit = 64 * 2 ** 20;

/**
 * Limits are guest time. Host time bounds them from both sides: a guest whose disk is slow, because the host is busy,
 * ages fast (idle time is skipped), so a limit also needs its share of host time; and a guest that executes nothing
 * does not age at all, so there is a longest time on the wall.
 */
const leastHostShare = 1 / 4;
const mostHostShare = 3;

export type WatchHooks = {
  /** Every chunk, before anything looks at it. */
  onBytes(chunk: Uint8Array): Promise<void>;
  onSignal(signal: Signal): void;
  onReading(reading: StageReading): void;
};

/**
 * Drives one live boot: feeds the console to the observer, shows it the CPUs while the guest is silent, and
 * ends when the outcome is settled, QEMU has ended by itself, a limit is reached or `signal` fires. On return
 * the observer has been told the end (unless `signal` fired), QEMU is gone, and `onBytes` has seen every byte.
 */
export async function watchBoot(
  machine: Machine,
  observer: BootObserver,
  limits: Limits,
  hooks: WatchHooks,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  let lastByte = 0;
  let bytes = 0;
  let watching = true;

  const report = (signals: Signal[]): void => {
    for (const seen of signals) hooks.onSignal(seen);
    const { generation, stage } = observer.position;
    const guestSeconds = signals.findLast((seen) => seen.guestSeconds !== null)?.guestSeconds;
    hooks.onReading({ generation, stage, hostMs: elapsed(), guestSeconds: guestSeconds ?? null });
  };
  const reading = (async () => {
    for await (const chunk of machine.console) {
      lastByte = elapsed();
      bytes += chunk.length;
      await hooks.onBytes(chunk);
      if (!watching) continue;
      for (const line of afterEachNewline(chunk)) report(observer.feed(line));
    }
  })();
  let ended = false;
  void machine.exited.then(() => (ended = true));

  const silence = new GuestStopwatch(await machine.guestSeconds());
  await machine.continue();
  let settledAt: number | undefined;
  let stopped: string | undefined;
  while (!ended && stopped === undefined && !signal.aborted) {
    await Promise.race([sleep(tick), machine.exited]);
    const quiet = elapsed() - lastByte;
    if (quiet >= promptQuiet) report(observer.peek());
    if (observer.settled) {
      settledAt ??= elapsed();
      if (quiet >= graceQuiet || elapsed() - settledAt >= longestGrace) break;
    } else if (quiet >= sampleQuiet) {
      await lookInside().catch(ignoreOnceEnded(() => ended));
    }
    stopped = overLimit();
  }
  const endedByItself = ended;
  watching = endedByItself;
  await machine.stop();
  await reading;
  report(observer.peek());
  if (signal.aborted) return;
  if (endedByItself) {
    const { code, signal: killed, reason, stderr } = await machine.exited;
    if (reason?.startsWith('host-disk-error')) {
      throw new UnavailableError(`QEMU could not write the guest's disk: ${reason}`, {
        hint: 'Make room on the disk that holds the run directory, or choose another with --out.',
      });
    }
    const detail = [reason ?? `exit code ${String(code ?? killed)}`, stderr].filter(Boolean);
    observer.end({ reason: 'qemu-exited', detail: detail.join(': ') });
  } else {
    const detail = stopped === undefined ? {} : { detail: stopped };
    observer.end({ reason: 'stopped', silentMs: elapsed() - lastByte, ...detail });
  }

  async function lookInside(): Promise<void> {
    const silentSince = lastByte;
    observer.sample(await machine.sample());
    silence.read(silentSince, await machine.guestSeconds());
  }

  function overLimit(): string | undefined {
    if (bytes > consoleLimit) return `the console passed ${consoleLimit / 2 ** 20} MiB`;
    const hostTotal = elapsed() / 1000;
    const hostSilence = (elapsed() - lastByte) / 1000;
    if (silence.seconds > limits.silence && hostSilence > limits.silence * leastHostShare) {
      return `silent for ${limits.silence} s of guest time`;
    }
    if (silence.total > limits.total && hostTotal > limits.total * leastHostShare) {
      return `no outcome within ${limits.total} s of guest time`;
    }
    const longest = limits.total * mostHostShare;
    return hostTotal > longest ? `no outcome within ${longest} s` : undefined;
  }
}

/** Guest seconds of the silence that lasts, and since power-on, as far as the guest's clock was read. */
class GuestStopwatch {
  seconds = 0;
  total = 0;
  readonly #powerOn: number;
  #silentSince = 0;
  #lastByte = -1;

  constructor(powerOn: number) {
    this.#powerOn = powerOn;
  }

  read(lastByte: number, guestSeconds: number): void {
    if (lastByte !== this.#lastByte) {
      this.#lastByte = lastByte;
      this.#silentSince = guestSeconds;
    }
    this.seconds = guestSeconds - this.#silentSince;
    this.total = guestSeconds - this.#powerOn;
  }
}

function* afterEachNewline(chunk: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}

/** QEMU may end between two looks at it; that is for the loop to see, not an error. */
function ignoreOnceEnded(ended: () => boolean): (error: unknown) => void {
  return (error) => {
    if (!ended() && !(error instanceof UnavailableError)) throw error;
  };
}
