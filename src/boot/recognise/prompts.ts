import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { BootSnapshot } from '../machine/step.ts';
import type { Prompt } from './prompt.ts';
import { asksKernel, promptOf, recorderEnds } from './prompt.ts';

/** The state of the boot, and the newest printk time of its kernel, in seconds. Immutable. */
export type Point = {
  snapshot: BootSnapshot;
  clock: number;
};

/** If the clock falls back by more than this, another kernel runs: the clocks of CPUs differ by less. Seconds. */
export const clockTolerance = 1;

/** A kernel whose clock shows this much was running before the log began. Seconds. */
const longRunning = 60;

/** A panic or an unannounced start may be quoted from another log. If so, the machine's own clock goes on later. */
export class QuotedStart {
  /** The state before it. */
  #before: Point | null = null;

  /** Takes the state before a panic or a start. */
  begin(before: Point): void {
    const { boundary, generation } = before.snapshot.context;
    const announced = boundary !== null || before.snapshot.state.stage === 'firmware';
    this.#before = generation === 0 || announced || before.clock === 0 ? null : before;
  }

  /** The state to return to if the clock goes on where it was before another log was quoted; otherwise null. */
  end(seconds: number, { context }: BootSnapshot): Point | null {
    const before = this.#before;
    if (before === null || seconds < before.clock || context.boundary !== null) return null;
    return { ...before, clock: seconds };
  }

  forget(): void {
    this.#before = null;
  }
}

/** A command was typed at a prompt. What is printed until the prompt comes back may be quoted from another log. */
type Session = Prompt & {
  /** The state of the boot when the command was typed. */
  point: Point;
  /** Whether the machine itself has announced its end. */
  left: boolean;
  firmware: boolean;
};

/** Signals of a machine that ends, whatever the reason. */
const endings: readonly Meaning[] = ['panic', 'reset', 'power-off', 'kexec-starts', 'kexec-leaves'];

/** After a login, before a prompt was seen. */
const noPrompt: Prompt = { who: '', named: false, prints: false, pages: false };

/** Follows the prompts on a console, to distinguish what happens to the machine from logs that are read at a prompt. */
export class Prompts {
  #session: Session | null = null;
  /** A session in which a log was read that contained a login. */
  #reading: Session | null = null;
  /** Prompts of the machine that recorded the console. */
  readonly #strangers = new Set<string>();
  /** Prompts before the first kernel message: of a machine that runs already, or of the one that records. */
  #early: string[] | null = [];
  /** The last line of a program, if nothing else was printed since. */
  #line = '';

  /** The state of the boot while a log is read at a prompt that has not come back; null otherwise. */
  get readingFrom(): Point | null {
    const session = this.#session;
    return session !== null && session.prints && !session.left ? session.point : null;
  }

  /** Takes a program's line, or `''` for anything else that only the machine prints. */
  hear(line: string): void {
    this.#line = line;
  }

  /**
   * Takes a prompt. If it came back although the machine seemed to have gone on, the output in between was quoted.
   * @returns whether the prompt is the machine's own, and the state to return to if output was quoted
   */
  at(prompt: Signal, point: Point): { isOwn: boolean; back: Point | null } {
    const shown = promptOf(prompt);
    const { generation, login } = point.snapshot.context;
    // Comments of scripts look the same.
    if (isOf(prompt, 'bare-prompt') && login === null) return { isOwn: false, back: null };
    if (asksKernel(prompt)) this.#strangers.delete(shown.who);
    const recorderEnded = recorderEnds.test(this.#line);
    const known = generation > 0 && !(recorderEnded && this.#session?.who !== shown.who);
    // A prompt without a name may be any machine's.
    if (!known && shown.named) this.#strangers.add(shown.who);
    if (!known) {
      if (generation === 0) this.#early?.push(shown.who);
      return { isOwn: false, back: null };
    }
    if (this.#strangers.has(shown.who)) return { isOwn: false, back: null };
    // A log that is read may contain prompts, and the prompt at which it is read may still come back.
    if (this.#session?.prints === true && this.#session.who !== shown.who)
      return { isOwn: this.readingFrom === null, back: null };
    if (this.#reading?.who === shown.who) this.#session = this.#reading;
    this.#reading = null;
    const back = this.#session !== null && isBack(this.#session, shown, point);
    const now = back ? (this.#session?.point ?? point) : point;
    this.#open(shown, now);
    return { isOwn: true, back: back ? now : null };
  }

  /**
   * Takes the first reading of a kernel's clock, in seconds. If it was running already, earlier prompts were its own.
   */
  hearKernel(seconds: number): void {
    if (this.#early === null) return;
    if (seconds >= longRunning) for (const who of this.#early) this.#strangers.delete(who);
    this.#early = null;
  }

  /** Takes a login. */
  login(point: Point): void {
    if (this.readingFrom !== null) return;
    const session = this.#session;
    // The login may be part of a log that is read; it was if the prompt comes back.
    if (session !== null && session.prints && isKnownAgain(session)) this.#reading = session;
    this.#open(noPrompt, point);
  }

  /** Takes a signal in a session. An end of the machine is not quoted if its clock has gone on. */
  follow(meaning: Meaning, { guestSeconds }: Signal): void {
    const session = this.#session;
    if (session === null) return;
    if (meaning === 'firmware-starts') session.firmware = true;
    if (session.pages || !endings.includes(meaning)) return;
    const own =
      guestSeconds === null
        ? !session.prints
        : guestSeconds >= session.point.clock - clockTolerance;
    if (own) session.left = true;
  }

  #open(prompt: Prompt, point: Point): void {
    this.#session = { ...prompt, point, left: false, firmware: false };
  }
}

/** Whether the prompt shows that the machine never left the session, whatever was printed since. */
function isBack(session: Session, { who }: Prompt, { snapshot }: Point): boolean {
  const before = session.point.snapshot;
  const { state } = snapshot;
  const restarted = before.context.generation !== snapshot.context.generation;
  const inFirmware = state.stage === 'firmware';
  if (session.who === '') return !session.left && !restarted && inFirmware;
  if (session.who !== who) return false;
  if (session.prints) return true;
  // A dead machine, or one that got further, does not return to an earlier prompt.
  if (!restarted && state !== before.state && !state.has('shell')) return true;
  if (!session.named || session.left) return false;
  return inFirmware || (restarted && !session.firmware);
}

/** Whether the prompt is distinctive enough to be recognised again. */
function isKnownAgain({ who, named }: Prompt): boolean {
  return named || who.startsWith('(');
}
