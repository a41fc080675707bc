import { statSync } from 'node:fs';
import type { BootObserver } from '../boot/observer.ts';
import { createBootObserver } from '../boot/observer.ts';
import type { CheckpointTaker } from '../checkpoint/begin-boot.ts';
import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import { UnavailableError } from '../errors.ts';
import type { Signal } from '../model/boot.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';
import { QmpLost } from '../qemu/qmp.ts';
import { describeStandstill, watchForStandstill } from '../qemu/standstill.ts';
import type { Limits } from '../scenario/scenario.ts';
import type { Conductor } from '../steps/conductor.ts';
import { BootClock, exceededLimit } from './boot-clock.ts';
import type { SessionListener } from './listener.ts';
import { MachineProbe, exitSoon, qemuTrouble } from './machine-probe.ts';
/** Host milliseconds of silence. None of these decides an outcome; they only say how often to look. */
const clockQuiet = 10;
const promptQuiet = 150;
const sampleQuiet = 250;
const graceQuiet = 300;
const longestGrace = 2000;

/** How long QEMU's end may take to be noticed after something that depends on it has failed. Host milliseconds. */
const exitDelay = 500;

/** Guest seconds of silence that count as much as those: where idle time is skipped, they pass at once. */
const guestQuiet = 1;

type Props = {
  limits: Limits;
  /** The generation whose login prompt ends the boot. Default: the first. */
  awaitGeneration?: number;
  conductor: Conductor;
  /** What the console has shown already, if the machine starts from a checkpoint. */
  begun?: Uint8Array | undefined;
  taker?: CheckpointTaker | undefined;
  /** The file that grows while the machine is recorded. */
  recording?: string | undefined;
  /** Rejects when something else of the lab's that the machine needs fails, such as its provider's servers. */
  trouble?: Promise<never> | undefined;
  /** Called before the conductor and the taker. The recorder comes first: the console is evidence. */
  listeners: readonly SessionListener[];
  /** The user's: ends the session without an outcome. */
  signal: AbortSignal;
};

/**
 * One live boot, from power-on to its end. Call `watch`, then `end`; call `close` whatever happens.
 *
 * One loop reads the console every few milliseconds. Each chunk goes to the listeners; its lines go to the listeners and
 * to the observer; the signals that the observer recognises go to the listeners. After each reading the session decides
 * whether to look at the machine, and whether the boot is over.
 */
export class BootSession {
  readonly observer: BootObserver;
  readonly #machine: Machine;
  readonly #props: Props;
  readonly #listeners: readonly SessionListener[];
  readonly #splitter = new LineSplitter();
  readonly #clock = new BootClock();
  readonly #probe: MachineProbe;
  readonly #ending = createEnding();
  #exit: MachineExit | null = null;
  #bytes = 0;
  /** While false, bytes are still recorded, but no longer recognised. */
  #recognises = true;
  #poweredOn = false;
  #settledAt: number | undefined;
  #reading: Promise<void> = Promise.resolve();
  /** The look at the machine that is under way, if any. */
  #look: Promise<void> | null = null;
  /** The limit or the step that ended the boot. */
  #endedBy: string | undefined;

  constructor(machine: Machine, props: Props) {
    const { awaitGeneration = 1, conductor, taker, listeners } = props;
    this.#machine = machine;
    this.#props = props;
    this.#listeners = [...listeners, conductor, ...(taker === undefined ? [] : [taker])];
    this.observer = createBootObserver({ awaitGeneration, lines: this.#toldLines() });
    this.#probe = new MachineProbe(machine, this.#clock, this.observer, {
      catchUp: () => {
        this.#take(machine.console.read());
      },
      onSample: (taken) => {
        for (const listener of this.#listeners) listener.onSample?.(taken);
      },
    });
    void machine.exited.then((exit) => {
      this.#exit = exit;
      this.#ending.end();
    });
  }

  /**
   * Powers on, and watches until the outcome is settled, QEMU has ended by itself, a limit is reached, a step fails or
   * the user's signal fires.
   * @returns whether the machine is still there to be examined
   * @throws UnavailableError when the lab's own side failed: QEMU stands still or does not answer, a step's tool could
   *   not be run, a record could not be written, or `trouble` rejected
   */
  async watch(): Promise<boolean> {
    const { trouble, signal } = this.#props;
    const over = new AbortController();
    const abort = (): void => {
      this.#ending.end();
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    trouble?.catch(this.#ending.fail);
    this.#reading = this.#read();
    this.#reading.catch(this.#ending.fail);
    this.#powerOn(over.signal).catch(this.#ending.fail);
    try {
      this.#endedBy = await this.#ending.ended;
    } catch (error) {
      // A question that QEMU's end left unanswered has no better explanation than that end.
      if (!(error instanceof QmpLost) || (await exitSoon(this.#machine)) === null) throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      over.abort();
      for (const listener of this.#listeners) listener.onEnd?.();
      this.#recognises = this.#exit !== null;
    }
    return this.#exit === null && !signal.aborted;
  }

  /**
   * Stops QEMU, reads what it still printed, and tells the observer how the boot ended, unless the user stopped it.
   * @throws UnavailableError when QEMU ended for a reason of its own or the host's
   */
  async end(): Promise<void> {
    const exit = await this.#machine.stop();
    await this.#reading;
    await this.#look;
    if (this.#props.signal.aborted) return;
    const trouble = qemuTrouble(exit);
    if (trouble !== null) throw trouble;
    if (this.#recognises) {
      const { code, signal, reason, stderr } = exit;
      const detail = [reason ?? `exit code ${String(code ?? signal)}`, stderr].filter(Boolean);
      this.#tell(this.observer.end({ reason: 'qemu-exited', detail: detail.join(': ') }));
    } else {
      const detail = this.#endedBy === undefined ? {} : { detail: this.#endedBy };
      const silentMs = this.#clock.quiet;
      this.#tell(this.observer.end({ reason: 'stopped', silentMs, ...detail }));
    }
  }

  /** Stops QEMU, and passes on all it has printed. May be called at any time, and again. */
  async close(): Promise<void> {
    await this.#machine.stop();
    // Its error has ended the session already.
    await this.#reading.catch(() => undefined);
    await this.#look;
    await this.#props.taker?.settled();
    for (const line of this.#splitter.end()) this.#tellLine(line);
  }

  async #powerOn(over: AbortSignal): Promise<void> {
    const { conductor, recording } = this.#props;
    await this.#probe.readClock();
    // Told before the first byte can come: whether firmware is seen must not depend on which of the two is faster.
    this.#tell([]);
    await this.#machine.continue();
    conductor.run(this.#machine).then(async () => {
      if (!conductor.failed) return;
      // A step may fail because QEMU is gone. That is QEMU's end, not the step's failure.
      await exitSoon(this.#machine, exitDelay);
      this.#ending.end('a step failed');
    }, this.#ending.fail);
    // A recorded QEMU may answer nothing for a long time although nothing is wrong with it (see keepAnswering).
    if (recording === undefined) {
      watchForStandstill(this.#machine, { signal: over }).then((found) => {
        if (found === null) return;
        const { message, hint } = describeStandstill(found);
        this.#ending.fail(new UnavailableError(message, { hint }));
      }, this.#ending.fail);
    }
    this.#poweredOn = true;
  }

  /** Reads the console to its end, and looks at the machine in between. */
  async #read(): Promise<void> {
    this.#take(this.#props.begun ?? new Uint8Array());
    for await (const chunk of this.#machine.console) {
      this.#take(chunk);
      this.#beat();
    }
  }

  /** Passes on what the console has shown. */
  #take(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#clock.hear();
    this.#bytes += chunk.length;
    for (const listener of this.#listeners) listener.onBytes?.(chunk);
    if (!this.#recognises) {
      for (const line of this.#splitter.feed(chunk)) this.#tellLine(line);
      return;
    }
    for (const piece of afterEachNewline(chunk)) this.#tell(this.observer.feed(piece));
    for (const listener of this.#listeners) listener.onPlace?.(this.observer.position);
  }

  /** Passes on what was recognised in a line, if anything was, and where the boot stands after it. */
  #tell(signals: Signal[]): void {
    const place = this.observer.position;
    for (const seen of signals)
      for (const listener of this.#listeners) listener.onSignal?.(seen, place);
    const timed = signals.findLast(({ guestSeconds }) => guestSeconds !== null);
    const { generation, stage } = place;
    const hostMs = this.#clock.elapsed;
    const reading = { generation, stage, hostMs, guestSeconds: timed?.guestSeconds ?? null };
    for (const listener of this.#listeners) listener.onReading?.(reading);
  }

  #tellLine(line: ConsoleLine): void {
    for (const listener of this.#listeners) listener.onLine?.(line);
  }

  /** The console's lines as the observer takes them: the listeners get each of them first. */
  #toldLines(): LineSource {
    const splitter = this.#splitter;
    const told = function* (this: BootSession, lines: ConsoleLine[]): Generator<ConsoleLine> {
      for (const line of lines) {
        this.#tellLine(line);
        yield line;
      }
    }.bind(this);
    return {
      feed: (chunk) => told(splitter.feed(chunk)),
      flush: () => [],
      end: () => told(splitter.end()),
      get rest() {
        return splitter.rest;
      },
    };
  }

  /** Looks at the machine, unless a look is under way: a question to QEMU may take long, and the console is read meanwhile. */
  #beat(): void {
    if (!this.#poweredOn || this.#look !== null || this.#ending.isOver) return;
    this.#look = this.#lookOnce()
      .catch(this.#ending.fail)
      .finally(() => (this.#look = null));
  }

  async #lookOnce(): Promise<void> {
    const { taker, limits } = this.#props;
    const clock = this.#clock;
    // A machine that stands still for its checkpoint is not silent.
    if (taker?.busy === true) clock.hear();
    if (this.#mayBeWaiting()) await this.#probe.readClock();
    if (this.#quietFor(promptQuiet)) this.#tell(this.observer.peek());
    if (this.#isDone()) {
      this.#settledAt ??= clock.elapsed;
      const graceIsOver = clock.elapsed - this.#settledAt >= longestGrace;
      if (graceIsOver || this.#quietFor(graceQuiet)) {
        this.#ending.end();
        return;
      }
    } else {
      this.#settledAt = undefined;
      if (clock.quiet >= sampleQuiet) await this.#probe.lookInside();
    }
    const exceeded = exceededLimit(this.#progress(), limits);
    if (exceeded !== undefined) this.#ending.end(exceeded);
  }

  /**
   * Whether it would matter to know that the guest is idle. Where it does not, its clock is left alone: asked every few
   * milliseconds, QEMU made the boot of a 32-bit kernel 5 % slower.
   */
  #mayBeWaiting(): boolean {
    const { quiet } = this.#clock;
    if (quiet < clockQuiet) return false;
    return this.#isDone() || (this.observer.unfinished && quiet < promptQuiet);
  }

  /** Whether the console has been silent for so long, or long enough by the guest's own clock. */
  #quietFor(hostMs: number): boolean {
    return this.#clock.quiet >= hostMs || this.#clock.guest.silence > guestQuiet;
  }

  /** Whether the outcome is final. It is not while a step is pending that may still change it. */
  #isDone(): boolean {
    return this.observer.over || (this.observer.settled && !this.#props.conductor.pending);
  }

  #progress(): Parameters<typeof exceededLimit>[0] {
    const { conductor, recording } = this.#props;
    const { host, guest } = this.#clock;
    const silence = conductor.busy ? 0 : host.silence;
    const { becomingCertain } = this.observer;
    const recorded = recording === undefined ? 0 : sizeOf(recording);
    return { bytes: this.#bytes, recorded, becomingCertain, host: { ...host, silence }, guest };
  }
}

type Ending = {
  /** Resolves with the limit or the step that ended the session, if one did; rejects with what went wrong. */
  ended: Promise<string | undefined>;
  readonly isOver: boolean;
  /** The first call of either decides. */
  end: (by?: string) => void;
  fail: (error: unknown) => void;
};

function createEnding(): Ending {
  let isOver = false;
  let end: (by?: string) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<string | undefined>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const over = (): void => {
    isOver = true;
  };
  ended.then(over, over);
  return {
    ended,
    get isOver() {
      return isOver;
    },
    end,
    fail,
  };
}

function* afterEachNewline(chunk: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
