import type { ConsoleLine } from '../../console/lines.ts';
import type { Signal } from '../../model/boot.ts';
import type { Match } from '../../signatures/match.ts';
import { matchLine, matchPrompt, matchRecord } from '../../signatures/match.ts';
import type { Signature } from '../../signatures/signature.ts';
import type { PrintkRecord, PrintkHabit } from './printk.ts';
import { splitKernelText } from './printk.ts';
import { recorderEnds } from './prompt.ts';

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

/** The line above a login prompt, which names the terminal (util-linux agetty, `\\l` in /etc/issue). */
const issue = /^\S.* \(?(?:tty\w+|console|hvc\d+)\)?\s*$/;

const glued = /^(?<prompt>[\w.-]+ login: )(?<rest>.+)/;

/** The last line of a panic's report. Linux, kernel/panic.c */
const panicEnd = /^---\[ end (?<panic>Kernel panic - not syncing: .*?)(?: \]---)?$/;

/** Turns console lines into sightings. Rejoins text of programs that kernel messages cut apart. */
export class Recogniser {
  #habit: PrintkHabit = { stamps: null, leaving: false };
  #fragment: Fragment | null = null;
  #shell: Signal | null = null;
  /** Whether the newest kernel has panicked. */
  #panicked = false;
  /** Whether the last line was the text that getty prints above its prompt. */
  #issued = false;
  /** Signatures already reported for the unfinished line. */
  #peeked = new Set<string>();

  /** Takes a complete line. Each of its segments may end in a kernel record. */
  line({ line, segments }: ConsoleLine): Recognised {
    const sightings: Sighting[] = [];
    let clock: ClockReading | null = null;
    let unknown: Recognised['program'] = null;
    for (const text of segments) {
      const { program, records } = splitKernelText(text, this.#habit);
      if (records.length === 0) {
        const whole = (this.#fragment?.text ?? '') + program;
        const said = this.#finish(program, line);
        sightings.push(...said);
        const isKnown = said.some(({ signature }) => signature.fallback !== true);
        if (!isKnown && program.trim() !== '') unknown = { line, text: whole };
      } else if (program.trim() !== '') sightings.push(...this.#interrupt(program, line));
      for (const record of records) {
        const said = this.#record(record, line);
        if (said.some(({ signature }) => startsKernel(signature.meaning)))
          sightings.push(...this.#flush());
        sightings.push(...said);
        const { seconds, body } = record;
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
    return this.#fragment !== null || this.#habit.stamps !== true || this.#habit.leaving;
  }

  /** Lines without any signature's text were skipped. @param text whether any of them was not blank */
  passOver(text: boolean): void {
    if (text) this.#issued = false;
    this.#peeked.clear();
  }

  /**
   * Call when the console is quiet: reports prompts on the unfinished line, and the signals of a cut line. Idempotent.
   */
  peek(rest: ConsoleLine | null): Recognised {
    const last = this.#prompt(rest?.segments.at(-1) ?? '');
    const line = rest?.line ?? 0;
    const { program, records } = splitKernelText(last, this.#habit);
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
      const text = this.#prompt(program);
      if (text.trim() !== '') this.#issued = issue.test(text);
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

  /** A login prompt may be followed directly by the last message of a terminal program, which is removed here. */
  #prompt(text: string): string {
    if (!text.includes(' login: ')) return text;
    const { prompt, rest = '' } = glued.exec(text)?.groups ?? {};
    return prompt !== undefined && (this.#issued || recorderEnds.test(rest)) ? prompt : text;
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

  #record(record: PrintkRecord, line: number): Sighting[] {
    if (record.seconds !== null) this.#habit.stamps = true;
    const matches = matchRecord(this.#lastScreen(record.body));
    return this.#say(matches, record.text, line, null, record.seconds);
  }

  /** If a log contains only the end of a panic's report, the panic is read from there. */
  #lastScreen(body: string): string {
    return this.#panicked ? body : (panicEnd.exec(body)?.groups?.['panic'] ?? body);
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
      this.#learn(signature, guestSeconds);
      sightings.push({ signature, signal });
    }
    return sightings;
  }

  /** Each kernel may print timestamps or not. After a kexec or a reset, that is not known again. */
  #learn({ id, meaning }: Signature, guestSeconds: number | null): void {
    if (meaning === 'kernel-starts' || (meaning === 'kernel-names-itself' && guestSeconds === null))
      this.#habit = { stamps: guestSeconds !== null, leaving: false };
    // A system that comes up runs on the next kernel.
    if (meaning !== null && comesUp.includes(meaning)) this.#habit.leaving = false;
    this.#panicked = meaning === 'panic' || (this.#panicked && !startsKernel(meaning));
    if (meaning === 'kexec-starts' || id === 'cpus-disabling') this.#habit.leaving = true;
    // After the last message, no more text of the old kernel arrives.
    if (meaning === 'kexec-leaves') this.#habit.leaving = false;
    if (meaning === 'kexec-leaves' || meaning === 'reset' || meaning?.startsWith('firmware')) {
      this.#habit.stamps = null;
    }
  }
}

const comesUp: readonly Signature['meaning'][] = [
  'kernel-names-itself',
  'initramfs-starts',
  'userspace-starts',
  'login',
  'proof',
];

function startsKernel(meaning: Signature['meaning']): boolean {
  return meaning === 'kernel-starts' || meaning === 'kernel-names-itself';
}
