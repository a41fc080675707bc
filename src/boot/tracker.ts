import type { BootContext } from './context.ts';
import type { BootEvent } from './events.ts';
import type { Calm } from './life.ts';
import { isAlive, later, noCalm } from './life.ts';
import type { ClockReading, Recognised, Sighting } from './recogniser.ts';
import type { Prompt } from './session.ts';
import { promptOf, recorderEnds } from './session.ts';
import type { Skipped } from '../transcript/skim.ts';
import type { Signal } from './signal.ts';
import type { Meaning } from './signatures/signature.ts';
import type { BootSnapshot } from './step.ts';
import { initialSnapshot, stateOf, step } from './step.ts';

/** A clock that falls back by more than this belongs to another kernel: CPUs differ by less. Seconds. */
const clockTolerance = 1;

/** Where the machine stands, and the newest printk time of its kernel, in seconds. Immutable. */
type Point = {
  snapshot: BootSnapshot;
  /** As `stage.state`. */
  state: string;
  clock: number;
};

/** Somebody is at a prompt. What is printed until it comes back may be a quotation. */
type Session = Prompt & {
  /** Where the machine stood when the command was typed. */
  point: Point;
  /** The machine has said itself that it ends. */
  left: boolean;
  firmware: boolean;
};

/** Of a machine that ends, whoever has asked for it. */
const endings: readonly Meaning[] = ['panic', 'reset', 'power-off', 'kexec-starts', 'kexec-leaves'];

/** Runs the boot machine on what the recogniser finds. */
export class BootTracker {
  #point: Point = {
    snapshot: initialSnapshot,
    state: 'firmware.silent',
    clock: 0,
  };
  #lastSaid = '';
  #session: Session | null = null;
  /** A session in which a log was read that seemed to end the machine. */
  #reading: Session | null = null;
  /** Prompts of whoever recorded the console. */
  readonly #strangers = new Set<string>();
  #recorderEnded = false;
  /** Where the machine stood before it was said to have died, or to have started again without a word. */
  #before: Point | null = null;
  #calm: Calm = noCalm;
  #troubleAt = 0;
  /** The last line of a program no signature knows. */
  #words: Signal | null = null;

  get context(): BootContext {
    return this.#believed.snapshot.context;
  }

  /** The state as `stage.state`. */
  get state(): string {
    return this.#believed.state;
  }

  /** While somebody reads a log at a prompt, nothing in it happens. */
  get #believed(): Point {
    return this.#isReading && this.#session !== null ? this.#session.point : this.#point;
  }

  send(event: BootEvent): void {
    const snapshot = step(this.#point.snapshot, event);
    const state = stateOf(snapshot);
    this.#point = { snapshot, state, clock: this.#point.clock };
    this.#lastSaid = '';
  }

  take(recognised: Recognised): void {
    const { sightings, clock, program, prompt } = recognised;
    const starts = sightings.some(({ signature: { meaning } }) => meaning === 'kernel-starts');
    if (program !== null) this.#words = wordsOf(program);
    if (program !== null && recorderEnds.test(program.text)) this.#recorderEnded = true;
    else if (clock !== null || sightings.some(({ signature }) => signature.shell !== true))
      this.#recorderEnded = false;
    const before = this.#point;
    if (clock !== null && !starts) this.#readClock(clock);
    const isOwn = prompt === null || this.#isAtPrompt(promptOf(prompt), prompt.signature);
    for (const sighting of sightings) {
      if (isOwn || sighting.signature.shell !== true) this.#tell(sighting, before);
    }
    this.#look(recognised);
  }

  /** Every line counts: a kernel has yet to speak, or a warning stands until life goes on. */
  get isWatching(): boolean {
    const { generation, warnings, boundary } = this.#point.snapshot.context;
    return generation === 0 || warnings.length > 0 || boundary !== null;
  }

  /** Lines were passed over that say nothing but what time it is. */
  passOver({ clock, program }: Skipped): void {
    if (clock !== null) this.#setClock(clock);
    if (program === null) return;
    this.#words = wordsOf(program);
    this.#recorderEnded = recorderEnds.test(program.text);
  }

  #tell({ signature: { meaning, origin, outcome, stage }, signal }: Sighting, before: Point): void {
    if (meaning === null) return;
    if (meaning === 'kernel-starts' || meaning === 'kernel-names-itself') {
      if (meaning === 'kernel-starts') this.#rememberBefore(before);
      this.#setClock(signal.guestSeconds ?? 0);
    } else if (origin !== 'firmware' && meaning !== 'decompressed' && this.#generation === 0) {
      this.send({ type: 'kernel-evident', signal });
    }
    if (outcome !== undefined) {
      this.#calm = noCalm;
      this.#troubleAt = signal.guestSeconds ?? this.#point.clock;
    }
    this.#followSession(meaning, signal);
    if (this.#isNews(meaning, signal.signature)) {
      if (meaning === 'panic') this.#rememberBefore(before);
      if (meaning === 'init-runs') this.#words = null;
      const words = meaning === 'panic' ? this.#lastWords(signal) : null;
      this.send({ type: meaning, signal, outcome, stage, words });
      this.#lastSaid = signal.signature;
    }
    if (meaning === 'login' && !this.#isReading) {
      const session = this.#session;
      // What was read may have had a login in it; if its prompt comes back, it was so.
      if (session !== null && session.prints && isKnownAgain(session)) this.#reading = session;
      this.#openSession({ who: '', named: false, prints: false });
    }
  }

  /** Somebody reads a log at a prompt that has not come back. */
  get #isReading(): boolean {
    return this.#session !== null && this.#session.prints && !this.#session.left;
  }

  get #generation(): number {
    return this.#point.snapshot.context.generation;
  }

  /** What an init nobody knows said last before it ended. */
  #lastWords({ signature, captures }: Signal): Signal | null {
    const { stage, programsSpoke } = this.#point.snapshot.context;
    const own = signature === 'init-exited' && stage === 'initramfs' && !programsSpoke;
    return own && gaveUp(captures) ? this.#words : null;
  }

  /** Chatty programs say a lot; the machine only needs to hear it when something could change. */
  #isNews(meaning: Meaning, said: string): boolean {
    const { programsSpoke, warnings } = this.#point.snapshot.context;
    const { state } = this.#point;
    if (said === this.#lastSaid && !meaning.endsWith('-starts')) return false;
    if (meaning === 'firmware-speaks') return state !== 'firmware.booting';
    if (!programsSpoke || warnings.length > 0) return true;
    if (meaning === 'initramfs-speaks') return !/^(initramfs|userspace)\./.test(state);
    return meaning !== 'userspace-speaks' || !state.startsWith('userspace.');
  }

  /** Kernels that were told to be quiet give themselves away by their clock. */
  #readClock({ seconds, text, line }: ClockReading): void {
    const { boundary } = this.#point.snapshot.context;
    const fellBack = this.#point.clock - seconds > clockTolerance;
    if (fellBack && this.#resumes(seconds)) return;
    const anew = fellBack && (boundary !== null || seconds < clockTolerance);
    if (this.#generation === 0 || anew) {
      const signal = { signature: 'printk', line, text, captures: {}, guestSeconds: seconds };
      if (anew) this.#rememberBefore(this.#point);
      this.send({ type: 'kernel-evident', signal });
    }
    this.#setClock(seconds);
  }

  #setClock(clock: number): void {
    this.#point = { ...this.#point, clock };
  }

  /** A death, or a start that nothing has announced, may be a quotation: then the machine's own clock goes on. */
  #rememberBefore(before: Point): void {
    const { boundary, generation } = before.snapshot.context;
    const announced = boundary !== null || before.state.startsWith('firmware.');
    this.#before = generation === 0 || announced || before.clock === 0 ? null : before;
  }

  /** Whether the clock goes on where it was before somebody quoted another log. */
  #resumes(seconds: number): boolean {
    const before = this.#before;
    if (before === null || seconds < before.clock) return false;
    if (this.#point.snapshot.context.boundary !== null) return false;
    this.#goBack({ ...before, clock: seconds });
    return true;
  }

  /** What came since was somebody else's. */
  #goBack(point: Point): void {
    this.#point = point;
    this.#lastSaid = '';
    this.#before = null;
  }

  /** Whether the prompt is one of the machine's own. If it comes back, what was printed since may have been quoted. */
  #isAtPrompt(prompt: Prompt, signature: string): boolean {
    // Scripts write comments so.
    if (signature === 'bare-prompt' && this.#point.snapshot.context.login === null) return false;
    const known =
      this.#generation > 0 && !(this.#recorderEnded && this.#session?.who !== prompt.who);
    if (!known) this.#strangers.add(prompt.who);
    if (this.#strangers.has(prompt.who)) return false;
    // A log that is read may have prompts in it; and the prompt that it is read at may still come back.
    if (this.#session?.prints === true && this.#session.who !== prompt.who) return !this.#isReading;
    if (this.#reading?.who === prompt.who) this.#session = this.#reading;
    this.#reading = null;
    if (this.#session !== null && this.#isBack(prompt)) this.#goBack(this.#session.point);
    this.#openSession(prompt);
    return true;
  }

  #openSession(prompt: Prompt): void {
    this.#session = { ...prompt, point: this.#point, left: false, firmware: false };
  }

  #isBack({ who }: Prompt): boolean {
    const session = this.#session;
    if (session === null) return false;
    const { generation } = session.point.snapshot.context;
    const restarted = generation !== this.#generation;
    const inFirmware = this.#point.state.startsWith('firmware.');
    if (session.who === '') return !session.left && !restarted && inFirmware;
    if (session.who !== who) return false;
    if (session.prints) return true;
    // Neither a dead machine nor one that has got further goes back to the prompt it came from.
    if (!restarted && this.#point.state !== session.point.state && !isAtShell(this.#point.state))
      return true;
    if (!session.named || session.left) return false;
    return inFirmware || (restarted && !session.firmware);
  }

  /** What the machine says about its own end in a session is no quotation: its clock has gone on. */
  #followSession(meaning: Meaning, { guestSeconds }: Signal): void {
    const session = this.#session;
    if (session === null) return;
    if (meaning === 'firmware-starts') session.firmware = true;
    if (!endings.includes(meaning)) return;
    const own =
      guestSeconds === null
        ? !session.prints
        : guestSeconds >= session.point.clock - clockTolerance;
    if (own) session.left = true;
  }

  /** Looks whether life goes on after a warning. */
  #look(recognised: Recognised): void {
    const { warnings, login } = this.#point.snapshot.context;
    if (warnings.length === 0) return;
    const since = this.#troubleAt;
    this.#calm = later(this.#calm, recognised, since);
    const facts = { calm: this.#calm, clock: recognised.clock, since, isUp: login !== null };
    if (isAlive(warnings, facts)) this.send({ type: 'life' });
  }
}

/** Where commands that are typed may lead, and their shell is still there. */
function isAtShell(state: string): boolean {
  return /^(?:kexec\.preparing|userspace\.(?:starting|rescue)|initramfs\.)/.test(state);
}

/** Whether nobody else has such a prompt. */
function isKnownAgain({ who, named }: Prompt): boolean {
  return named || who.startsWith('(');
}

/** Whether an init has ended by itself, and not well: the low byte of a wait status is the signal it was killed by. */
function gaveUp({ exitcode = '0' }: Record<string, string>): boolean {
  return Number(exitcode) !== 0 && (Number(exitcode) & 0x7f) === 0;
}

function wordsOf({ line, text }: { line: number; text: string }): Signal {
  return { signature: 'last-words', line, text: text.trimEnd(), captures: {}, guestSeconds: null };
}
