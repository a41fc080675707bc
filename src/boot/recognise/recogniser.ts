import type { ConsoleLine } from '../../console/lines.ts';
import type { Signal } from '../../model/boot.ts';
import type { Match } from '../../signatures/match.ts';
import { matchLine, matchPrompt } from '../../signatures/match.ts';
import type { Signature } from '../../signatures/signature.ts';
import { KernelText, startsKernel } from './printk.ts';
import { LoginPrompt } from './prompt.ts';

/** A recognised signature and its signal. */
export type Sighting = { signature: Signature; signal: Signal };

/** The clock of a kernel record. It alone may show that another kernel runs, whatever the record says. */
export type ClockReading = {
  line: number;
  text: string;
  seconds: number;
  /** The record without its prefix. */
  body: string;
};

export type Recognised = {
  sightings: Sighting[];
  /** The clock of the last record in the line. */
  clock: ClockReading | null;
  /** A complete line of a program that no signature matches. */
  program: { line: number; text: string } | null;
  /** A shell's prompt, with what has been typed so far. Reported again while a command is typed. */
  prompt: Signal | null;
};

/** A program's text that the kernel cut off, and the signatures already recognised in it. */
type Fragment = { text: string; line: number; said: Set<string> };

const longestFragment = 4096;

/** Shared by all lines without sightings; never modified. */
const none: Sighting[] = [];

/** Turns console lines into sightings. Rejoins text of programs that kernel messages cut apart. */
export class Recogniser {
  readonly #kernel = new KernelText();
  readonly #login = new LoginPrompt();
  #fragment: Fragment | null = null;
  #shell: Signal | null = null;
  /** Signatures already reported for the unfinished line. */
  #peeked = new Set<string>();

  /** Takes a complete line. Each of its segments may end in a kernel record. */
  line({ line, segments }: ConsoleLine): Recognised {
    const sightings: Sighting[] = [];
    let clock: ClockReading | null = null;
    let unknown: Recognised['program'] = null;
    for (const text of segments) {
      const { program, records } = this.#kernel.split(text);
      if (records.length === 0) {
        const whole = (this.#fragment?.text ?? '') + program;
        const said = this.#finish(program, line);
        sightings.push(...said);
        const isKnown = said.some(({ signature }) => signature.fallback !== true);
        if (!isKnown && program.trim() !== '') unknown = { line, text: whole };
      } else if (program.trim() !== '') sightings.push(...this.#interrupt(program, line));
      for (const record of records) {
        const { seconds, body } = record;
        const said = this.#say(this.#kernel.match(record), record.text, line, null, seconds);
        if (said.some(({ signature }) => startsKernel(signature.meaning)))
          sightings.push(...this.#flush());
        sightings.push(...said);
        if (seconds !== null) clock = { line, text: record.text, seconds, body };
      }
    }
    this.#peeked.clear();
    return { sightings, clock, program: unknown, prompt: this.#takeShell() };
  }

  /**
   * Whether the next line must be read even if it contains no signature's text: it may continue a cut line, or be a
   * kernel's line without a timestamp.
   */
  get isOpen(): boolean {
    return this.#fragment !== null || this.#kernel.isUnmarked;
  }

  /** Lines without any signature's text were skipped. @param text whether any of them was not blank */
  passOver(text: boolean): void {
    if (text) this.#login.passOver();
    this.#peeked.clear();
  }

  /**
   * Call when the console is quiet: reports prompts on the unfinished line, and the signals of a cut line. Idempotent.
   */
  peek(rest: ConsoleLine | null): Recognised {
    const last = this.#login.clean(rest?.segments.at(-1) ?? '');
    const line = rest?.line ?? 0;
    const { program, records } = this.#kernel.split(last);
    const sightings: Sighting[] = [];
    if (records.length === 0 || program.trim() !== '') {
      const whole = this.#fragment === null ? [] : matchPrompt(this.#fragment.text + program);
      sightings.push(
        ...this.#say([...whole, ...matchPrompt(program)], program, line, this.#peeked),
      );
    }
    if (this.#fragment !== null) {
      const { text, line: at, said } = this.#fragment;
      sightings.push(...this.#say(matchLine(text), text, at, said));
    }
    return { sightings, clock: null, program: null, prompt: this.#takeShell() };
  }

  /** Call at the end: reports the signals of a line that the kernel cut off. */
  end(): Recognised {
    return { sightings: this.#flush(), clock: null, program: null, prompt: this.#takeShell() };
  }

  #takeShell(): Signal | null {
    const shell = this.#shell;
    this.#shell = null;
    return shell;
  }

  /** Matches a program's complete line: alone, joined to the text that the kernel had cut off, and that text alone. */
  #finish(program: string, line: number): Sighting[] {
    const fragment = this.#fragment;
    this.#fragment = null;
    if (fragment === null) {
      const text = this.#login.clean(program);
      this.#login.hear(text);
      return this.#say(matchLine(text), text, line, this.#peeked);
    }
    const whole = fragment.text + program;
    const said = new Set([...fragment.said, ...this.#peeked]);
    return [
      ...this.#say(matchLine(whole), whole, fragment.line, said),
      ...this.#say(matchLine(fragment.text), fragment.text, fragment.line, said),
      ...this.#say(matchLine(program), program, line, said),
    ];
  }

  /** The kernel cut a program's line. A prompt counts as complete; other text waits for the rest of its line. */
  #interrupt(program: string, line: number): Sighting[] {
    const fragment = this.#fragment ?? { text: '', line, said: new Set<string>() };
    const whole = fragment.text + program;
    const prompts = [...matchPrompt(whole), ...matchPrompt(program)];
    for (const id of this.#peeked) fragment.said.add(id);
    const isTyped = prompts.some(({ captures: { command = '' } }) => command !== '');
    if (prompts.length === 0 || isTyped) {
      const text = whole.slice(0, longestFragment);
      this.#fragment = { ...fragment, text };
      return [];
    }
    this.#fragment = null;
    return this.#say(prompts, program, line, fragment.said);
  }

  #flush(): Sighting[] {
    const fragment = this.#fragment;
    this.#fragment = null;
    if (fragment === null) return [];
    return this.#say(matchLine(fragment.text), fragment.text, fragment.line, fragment.said);
  }

  #say(
    matches: Match[],
    text: string,
    line: number,
    said: Set<string> | null,
    guestSeconds: number | null = null,
  ): Sighting[] {
    if (matches.length === 0) return none;
    const sightings: Sighting[] = [];
    for (const { signature, captures } of matches) {
      const signal = {
        signature: signature.id,
        line,
        text: text.trimEnd(),
        captures,
        guestSeconds,
      };
      // For a prompt that the kernel cut in two, the joined text comes first.
      if (signature.shell === true) this.#shell ??= signal;
      if (said?.has(signature.id)) continue;
      said?.add(signature.id);
      this.#kernel.learn(signature, guestSeconds);
      sightings.push({ signature, signal });
    }
    return sightings;
  }
}
