import type { ConsoleLine } from '../../console/lines.ts';
import type { Signal } from '../../model/boot.ts';
import type { Match } from '../../signatures/match.ts';
import { matchLine, matchPrompt, matchRecord } from '../../signatures/match.ts';
import type { Signature } from '../../signatures/signature.ts';
import type { PrintkRecord, PrintkHabit } from './printk.ts';
import { splitKernelText } from './printk.ts';
import { recorderEnds } from './prompt.ts';

/** A signature with its meaning, as the boot machine takes it. */
export type Sighting = { signature: Signature; signal: Signal };

/** A kernel record that no signature has to know: its clock alone may say that another kernel runs. */
export type ClockReading = {
  line: number;
  text: string;
  seconds: number;
  /** The record without its prefix. */
  body: string;
};

export type Recognised = {
  sightings: Sighting[];
  /** Of the last record in the line. */
  clock: ClockReading | null;
  /** A finished line of a program that no signature knows. */
  program: { line: number; text: string } | null;
  /** A shell's prompt, with what has been typed so far; said again while somebody types. */
  prompt: Signal | null;
};

/** A program's text that the kernel cut off, and what has been recognised of it already. */
type Fragment = { text: string; line: number; said: Set<string> };

const longestFragment = 4096;

/** Shared by the many lines that say nothing; never written to. */
const none: Sighting[] = [];

/** The line above a login prompt names the terminal, as distributions write it. util-linux agetty, `\\l` */
const issue = /^\S.* \(?(?:tty\w+|console|hvc\d+)\)?\s*$/;

const glued = /^(?<prompt>[\w.-]+ login: )(?<rest>.+)/;

/** How a kernel closes the report of a panic. Linux, kernel/panic.c */
const panicEnd = /^---\[ end (?<panic>Kernel panic - not syncing: .*?)(?: \]---)?$/;

/** Turns console lines into sightings: puts back together what the kernel's and the programs' text cut apart. */
export class Recogniser {
  #habit: PrintkHabit = { stamps: null, leaving: false };
  #fragment: Fragment | null = null;
  #shell: Signal | null = null;
  /** The newest kernel has panicked. */
  #panicked = false;
  /** The last line was the text that getty prints above its prompt. */
  #issued = false;
  /** What the unfinished line has already been seen to say. */
  #peeked = new Set<string>();

  /** A finished line. Each of its segments may end in a kernel record. */
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

  /** The next line may belong to what is known already, or may be a kernel's without saying so. */
  get isOpen(): boolean {
    return this.#fragment !== null || this.#habit.stamps !== true || this.#habit.leaving;
  }

  /** Lines were passed over that say nothing. @param text some of them were not blank */
  passOver(text: boolean): void {
    if (text) this.#issued = false;
    this.#peeked.clear();
  }

  /** The console is quiet: prompts on the unfinished line, and what a cut line says as far as it came. Idempotent. */
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

  /** Nothing will come any more: what the last, cut line says. */
  end(): Recognised {
    return { sightings: this.#flush(), clock: null, program: null, prompt: this.#takeShell() };
  }

  #takeShell(): Signal | null {
    const shell = this.#shell;
    this.#shell = null;
    return shell;
  }

  /** A program's line is complete: on its own, joined to what the kernel cut off before it, and that alone. */
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

  /** Behind the text that getty prints comes its prompt, and right behind that what a terminal program says when it ends. */
  #prompt(text: string): string {
    if (!text.includes(' login: ')) return text;
    const { prompt, rest = '' } = glued.exec(text)?.groups ?? {};
    return prompt !== undefined && (this.#issued || recorderEnds.test(rest)) ? prompt : text;
  }

  /** The kernel cut a program's line. A prompt is complete as it stands; anything else waits for its other half. */
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

  /** A log that has only the end of a panic's report has the panic in it. */
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
      // Of a prompt that the kernel cut in two the whole is looked at first.
      if (signature.shell === true) this.#shell ??= signal;
      if (said?.has(signature.id)) continue;
      said?.add(signature.id);
      this.#learn(signature, guestSeconds);
      sightings.push({ signature, signal });
    }
    return sightings;
  }

  /** Another kernel may have other habits; one that leaves or is reset may be followed by any. */
  #learn({ id, meaning }: Signature, guestSeconds: number | null): void {
    if (meaning === 'kernel-starts' || (meaning === 'kernel-names-itself' && guestSeconds === null))
      this.#habit = { stamps: guestSeconds !== null, leaving: false };
    // Whoever comes up has another kernel under them.
    if (meaning !== null && comesUp.includes(meaning)) this.#habit.leaving = false;
    this.#panicked = meaning === 'panic' || (this.#panicked && !startsKernel(meaning));
    if (meaning === 'kexec-starts' || id === 'cpus-disabling') this.#habit.leaving = true;
    // Behind the last word nothing is under way on the console any more.
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
