import type { Skipped } from '../../console/lines.ts';
import type { Signal } from '../../model/boot.ts';
import type { OutcomeId } from '../../model/vocabulary.ts';
import { isOf } from '../../signatures/all.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { BootContext, BootEvent } from '../machine/context.ts';
import type { BootSnapshot, BootState } from '../machine/step.ts';
import { initialSnapshot, isNews, step } from '../machine/step.ts';
import { LifeWatch } from './life.ts';
import type { Line } from './prompt.ts';
import {
  asksKernel,
  complaintOf,
  complains,
  gaveUp,
  typesCrashLoad,
  typesKexec,
  wordsOf,
} from './prompt.ts';
import type { Point } from './prompts.ts';
import { clockTolerance, Prompts, QuotedStart } from './prompts.ts';
import type { ClockReading, Recognised, Sighting } from './recogniser.ts';

/** A clock that falls back by more than this shows an unannounced reset. Seconds. */
const unannounced = 3;

/** Seconds of the kernel's clock before which no program runs. */
const fastest = 0.2;

/** Feeds the boot machine with what the recogniser finds. */
export class BootTracker {
  #snapshot = initialSnapshot;
  /** The newest printk time of the newest kernel, in seconds. */
  #clock = 0;
  #lastSaid = '';
  readonly #prompts = new Prompts();
  readonly #quoted = new QuotedStart();
  readonly #life = new LifeWatch();
  /** Whether the last typed command is a kexec, so that errors about files are its own. */
  #kexecTyped = false;
  /** Whether the last typed command loads a crash kernel. */
  #crashLoadTyped = false;
  /** The last line of an unknown program. */
  #words: Line | Signal | null = null;

  get context(): BootContext {
    return this.#believed.context;
  }

  get state(): BootState {
    return this.#believed.state;
  }

  /** While a log is read at a prompt, its contents do not count. */
  get #believed(): BootSnapshot {
    return this.#prompts.readingFrom?.snapshot ?? this.#snapshot;
  }

  get #point(): Point {
    return { snapshot: this.#snapshot, clock: this.#clock };
  }

  send(event: BootEvent): void {
    this.#snapshot = step(this.#snapshot, event);
    this.#lastSaid = '';
  }

  take(recognised: Recognised): void {
    const { sightings, clock, program, prompt } = recognised;
    const starts = sightings.some(({ signature: { meaning } }) => meaning === 'kernel-starts');
    if (program !== null) this.#words = program;
    const isSpoken = clock !== null || sightings.some(({ signature }) => signature.shell !== true);
    if (program !== null || isSpoken) this.#prompts.hear(program?.text ?? '');
    const before = this.#point;
    // In a line with a prompt and a record, the prompt comes first.
    const isOwn = prompt === null || this.#isAtPrompt(prompt);
    if (clock !== null) this.#prompts.hearKernel(starts ? 0 : clock.seconds);
    if (clock !== null && !starts) this.#readClock(clock);
    for (const sighting of sightings) {
      if (isOwn || sighting.signature.shell !== true) this.#tell(sighting, before);
    }
    if (program !== null && this.#kexecTyped && complains.test(program.text))
      this.send({ type: 'kexec-complaint', signal: complaintOf(program), typed: true });
    this.#look(recognised);
  }

  /**
   * Whether every line matters: no kernel has printed anything yet, a warning is open, a kernel has ended, or a kexec
   * was typed.
   */
  get isWatching(): boolean {
    const { generation, warnings, boundary } = this.#snapshot.context;
    return generation === 0 || warnings.length > 0 || boundary !== null || this.#kexecTyped;
  }

  /** Lines without any signature's text were skipped; only their clock and the last program's line count. */
  passOver({ clock, program }: Skipped): void {
    if (clock !== null) this.#clock = clock;
    if (program === null) return;
    this.#words = program;
    this.#prompts.hear(program.text);
  }

  #tell({ signature: { meaning, origin, outcome, stage }, signal }: Sighting, before: Point): void {
    if (meaning === null) return;
    if (meaning === 'kernel-starts' || meaning === 'kernel-names-itself') {
      if (meaning === 'kernel-starts') this.#quoted.begin(before);
      this.#clock = signal.guestSeconds ?? 0;
      this.#kexecTyped = false;
      this.#crashLoadTyped = false;
    } else if (origin !== 'firmware' && !isAmbiguous(meaning) && this.#generation === 0) {
      this.send({ type: 'kernel-evident', signal });
    }
    if (outcome !== undefined) this.#life.trouble(signal.guestSeconds ?? this.#clock);
    if (meaning === 'shell' && this.#isTooEarly) return;
    this.#prompts.follow(meaning, signal);
    if (meaning === 'root-doubt') this.#words = signal;
    if (!this.#isRepeated(meaning, signal.signature) && isNews(this.#snapshot, meaning)) {
      if (meaning === 'panic') this.#quoted.begin(before);
      if (meaning === 'init-runs') this.#words = null;
      const words = meaning === 'panic' ? this.#lastWords(signal) : null;
      const isOfCrash = this.#crashLoadTyped && isOfCrashLoad(outcome);
      const type = isOfCrash ? 'crash-load-failed' : this.#meant(meaning, signal, before);
      this.send({ type, signal, outcome, stage, words, typed: this.#kexecTyped });
      this.#lastSaid = signal.signature;
    }
    if (meaning === 'login') this.#prompts.login(this.#point);
  }

  /** Whether the prompt is the machine's own. If it came back, what was printed since may have been quoted. */
  #isAtPrompt(prompt: Signal): boolean {
    if (this.#generation === 0 && asksKernel(prompt))
      this.send({ type: 'kernel-evident', signal: prompt });
    const { isOwn, back } = this.#prompts.at(prompt, this.#point);
    const { command = '' } = prompt.captures;
    if (isOwn && command !== '') {
      this.#crashLoadTyped = typesCrashLoad(command);
      this.#kexecTyped = !this.#crashLoadTyped && typesKexec(command);
    }
    if (back !== null) this.#goBack(back);
    return isOwn;
  }

  /**
   * The meaning in context: a file that a typed kexec cannot read is a failure; a second banner is another kernel's.
   */
  #meant(meaning: Meaning, { guestSeconds }: Signal, before: Point): Meaning {
    if (meaning === 'kexec-doubt' && this.#kexecTyped) return 'failure';
    const fellBack = guestSeconds !== null && before.clock - guestSeconds > clockTolerance;
    const isNew = fellBack && before.snapshot.context.generation === this.#generation;
    return meaning === 'kernel-names-itself' && isNew ? 'kernel-starts' : meaning;
  }

  /** Whether it is too early for this kernel to have started a program, so that a prompt cannot be its own. */
  get #isTooEarly(): boolean {
    const { stage } = this.#snapshot.context;
    return stage === 'kernel' && this.#clock > 0 && this.#clock < fastest;
  }

  get #generation(): number {
    return this.#snapshot.context.generation;
  }

  /** The last line of an unknown init before it ended. */
  #lastWords(signal: Signal): Signal | null {
    const { stage, programsSpoke } = this.#snapshot.context;
    const own = isOf(signal, 'init-exited') && stage === 'initramfs' && !programsSpoke;
    const words = own && gaveUp(signal.captures) ? this.#words : null;
    return words === null || isSignal(words) ? words : wordsOf(words);
  }

  /** Whether the same was said last. A start may repeat; the same prompt signature may be another user's. */
  #isRepeated(meaning: Meaning, said: string): boolean {
    return said === this.#lastSaid && meaning !== 'shell' && !meaning.endsWith('-starts');
  }

  /** Recognises the start of a quiet kernel by its clock. */
  #readClock({ seconds, text, line }: ClockReading): void {
    const { boundary } = this.#snapshot.context;
    const fellBack = this.#clock - seconds > clockTolerance;
    const back = fellBack ? this.#quoted.end(seconds, this.#snapshot) : null;
    if (back !== null) {
      this.#goBack(back);
      return;
    }
    // While CPUs start, their clocks differ by more.
    const restarted = seconds < clockTolerance && this.#clock - seconds > unannounced;
    const isNewKernel = fellBack && (boundary !== null || restarted);
    if (this.#generation === 0 || isNewKernel) {
      const signal = { signature: 'printk', line, text, captures: {}, guestSeconds: seconds };
      if (isNewKernel) this.#quoted.begin(this.#point);
      this.send({ type: 'kernel-evident', signal });
    }
    this.#clock = seconds;
  }

  /** Forgets what was printed since that point. */
  #goBack({ snapshot, clock }: Point): void {
    this.#snapshot = snapshot;
    this.#clock = clock;
    this.#lastSaid = '';
    this.#quoted.forget();
  }

  /** Checks whether the boot goes on after a warning. */
  #look(recognised: Recognised): void {
    const { warnings, login } = this.#snapshot.context;
    if (warnings.length === 0) return;
    if (this.#life.hear(recognised, warnings, login !== null)) this.send({ type: 'life' });
  }
}

/** Whether a message of that outcome is about a crash kernel, if one is being loaded. */
function isOfCrashLoad(outcome: OutcomeId | undefined): boolean {
  return outcome === 'kexec-load-failed' || outcome === 'crash-not-reserved';
}

/** Messages that firmware may print as well, so they do not show that a kernel runs. */
function isAmbiguous(meaning: Meaning): boolean {
  return ['decompressed', 'kexec-doubt', 'kexec-complaint', 'root-doubt', 'rescue-doubt'].includes(
    meaning,
  );
}

function isSignal(words: Line | Signal): words is Signal {
  return 'signature' in words;
}
