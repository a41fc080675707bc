import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { BootSnapshot } from '../machine/step.ts';
import type { Prompt } from './prompt.ts';
import { asksKernel, promptOf, recorderEnds } from './prompt.ts';

/** Where the machine stands, and the newest printk time of its kernel, in seconds. Immutable. */
export type Point = {
  snapshot: BootSnapshot;
  clock: number;
};

/** A clock that falls back by more than this belongs to another kernel: CPUs differ by less. Seconds. */
export const clockTolerance = 1;

/** No machine is this long in starting. Seconds. */
const longRunning = 60;

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

/** Somebody has logged in, and no prompt has been seen yet. */
const noPrompt: Prompt = { who: '', named: false, prints: false, pages: false };

/** Follows who is at which prompt, to tell what happens to the machine from what somebody reads there. */
export class Prompts {
  #session: Session | null = null;
  /** A session in which a log was read that seemed to end the machine. */
  #reading: Session | null = null;
  /** Prompts of whoever recorded the console. */
  readonly #strangers = new Set<string>();
  /** Prompts that came before any kernel spoke: of a machine that runs, or of whoever starts the one that is recorded. */
  #early: string[] | null = [];
  #recorderEnded = false;

  /** Where the machine stands while somebody reads a log and the prompt has not come back; null if nobody does. */
  get readingFrom(): Point | null {
    const session = this.#session;
    return session !== null && session.prints && !session.left ? session.point : null;
  }

  /** A line of a program, or `''` for anything else that only the machine can have said. */
  hear(line: string): void {
    this.#recorderEnded = recorderEnds.test(line);
  }

  /**
   * A prompt is there. If it has come back though the machine seemed to have gone on, that was quoted.
   * @returns whether it is the machine's own, and where the machine really stands if that is somewhere else
   */
  at(prompt: Signal, point: Point): { isOwn: boolean; back: Point | null } {
    const shown = promptOf(prompt);
    const { generation, login } = point.snapshot.context;
    // Scripts write comments so.
    if (isOf(prompt, 'bare-prompt') && login === null) return { isOwn: false, back: null };
    if (asksKernel(prompt)) this.#strangers.delete(shown.who);
    const known = generation > 0 && !(this.#recorderEnded && this.#session?.who !== shown.who);
    // A prompt without a name is everybody's.
    if (!known && shown.named) this.#strangers.add(shown.who);
    if (!known) {
      if (generation === 0) this.#early?.push(shown.who);
      return { isOwn: false, back: null };
    }
    if (this.#strangers.has(shown.who)) return { isOwn: false, back: null };
    // A log that is read may have prompts in it; and the prompt that it is read at may still come back.
    if (this.#session?.prints === true && this.#session.who !== shown.who)
      return { isOwn: this.readingFrom === null, back: null };
    if (this.#reading?.who === shown.who) this.#session = this.#reading;
    this.#reading = null;
    const back = this.#session !== null && isBack(this.#session, shown, point);
    const now = back ? (this.#session?.point ?? point) : point;
    this.#open(shown, now);
    return { isOwn: true, back: back ? now : null };
  }

  /** The first kernel that speaks has been running for so long, in seconds: those who were at a prompt before were at its own. */
  hearKernel(seconds: number): void {
    if (this.#early === null) return;
    if (seconds >= longRunning) for (const who of this.#early) this.#strangers.delete(who);
    this.#early = null;
  }

  /** Somebody logs in. */
  login(point: Point): void {
    if (this.readingFrom !== null) return;
    const session = this.#session;
    // What was read may have had a login in it; if its prompt comes back, it was so.
    if (session !== null && session.prints && isKnownAgain(session)) this.#reading = session;
    this.#open(noPrompt, point);
  }

  /** What the machine says about its own end in a session is no quotation: its clock has gone on. */
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

/** Whether the prompt shows that the machine never left the session, whatever seemed to have happened since. */
function isBack(session: Session, { who }: Prompt, { snapshot }: Point): boolean {
  const before = session.point.snapshot;
  const { state } = snapshot;
  const restarted = before.context.generation !== snapshot.context.generation;
  const inFirmware = state.stage === 'firmware';
  if (session.who === '') return !session.left && !restarted && inFirmware;
  if (session.who !== who) return false;
  if (session.prints) return true;
  // Neither a dead machine nor one that has got further goes back to the prompt it came from.
  if (!restarted && state !== before.state && !state.has('shell')) return true;
  if (!session.named || session.left) return false;
  return inFirmware || (restarted && !session.firmware);
}

/** Whether nobody else has such a prompt. */
function isKnownAgain({ who, named }: Prompt): boolean {
  return named || who.startsWith('(');
}
