import type { Skipped } from '../../console/lines.ts';
import type { Signal } from '../../model/boot.ts';
import { isOf } from '../../signatures/all.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { BootContext, BootEvent } from '../machine/context.ts';
import type { BootSnapshot, BootState } from '../machine/step.ts';
import { initialSnapshot, step } from '../machine/step.ts';
import type { Calm } from './life.ts';
import { isAlive, later, noCalm } from './life.ts';
import { asksKernel, complaintOf, complains, gaveUp, typesKexec, wordsOf } from './prompt.ts';
import type { Point } from './prompts.ts';
import { clockTolerance, Prompts } from './prompts.ts';
import type { ClockReading, Recognised, Sighting } from './recogniser.ts';

/** A reset that nothing announces: the clock has fallen by more than that. Seconds. */
const unannounced = 3;

/** Seconds of the kernel's clock before which no kernel has a program running. */
const fastest = 0.2;

/** Runs the boot machine on what the recogniser finds. */
export class BootTracker {
  #snapshot = initialSnapshot;
  /** The newest printk time of the newest kernel, in seconds. */
  #clock = 0;
  #lastSaid = '';
  readonly #prompts = new Prompts();
  /** Where the machine stood before it was said to have died, or to have started again without a word. */
  #before: Point | null = null;
  #calm: Calm = noCalm;
  #troubleAt = 0;
  /** The command that was typed last is a kexec, so that files it cannot read are its own. */
  #kexecTyped = false;
  /** The last line of a program no signature knows. */
  #words: Signal | null = null;

  get context(): BootContext {
    return this.#believed.context;
  }

  get state(): BootState {
    return this.#believed.state;
  }

  /** While somebody reads a log at a prompt, nothing in it happens. */
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
    if (program !== null) this.#words = wordsOf(program);
    const isSpoken = clock !== null || sightings.some(({ signature }) => signature.shell !== true);
    if (program !== null || isSpoken) this.#prompts.hear(program?.text ?? '');
    const before = this.#point;
    // A record that shares its line with a prompt stands behind it.
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

  /** Every line counts: a kernel has yet to speak, a warning stands until life goes on, or a kexec was typed. */
  get isWatching(): boolean {
    const { generation, warnings, boundary } = this.#snapshot.context;
    return generation === 0 || warnings.length > 0 || boundary !== null || this.#kexecTyped;
  }

  /** Lines were passed over that say nothing but what time it is. */
  passOver({ clock, program }: Skipped): void {
    if (clock !== null) this.#clock = clock;
    if (program === null) return;
    this.#words = wordsOf(program);
    this.#prompts.hear(program.text);
  }

  #tell({ signature: { meaning, origin, outcome, stage }, signal }: Sighting, before: Point): void {
    if (meaning === null) return;
    if (meaning === 'kernel-starts' || meaning === 'kernel-names-itself') {
      if (meaning === 'kernel-starts') this.#rememberBefore(before);
      this.#clock = signal.guestSeconds ?? 0;
      this.#kexecTyped = false;
    } else if (origin !== 'firmware' && !isAnybodys(meaning) && this.#generation === 0) {
      this.send({ type: 'kernel-evident', signal });
    }
    if (outcome !== undefined) {
      this.#calm = noCalm;
      this.#troubleAt = signal.guestSeconds ?? this.#clock;
    }
    if (meaning === 'shell' && this.#isTooEarly) return;
    this.#prompts.follow(meaning, signal);
    if (meaning === 'root-doubt') this.#words = signal;
    if (this.#isNews(meaning, signal.signature)) {
      if (meaning === 'panic') this.#rememberBefore(before);
      if (meaning === 'init-runs') this.#words = null;
      const words = meaning === 'panic' ? this.#lastWords(signal) : null;
      const type = this.#meant(meaning, signal, before);
      this.send({ type, signal, outcome, stage, words, typed: this.#kexecTyped });
      this.#lastSaid = signal.signature;
    }
    if (meaning === 'login') this.#prompts.login(this.#point);
  }

  /** Whether the prompt is one of the machine's own. If it comes back, what was printed since may have been quoted. */
  #isAtPrompt(prompt: Signal): boolean {
    if (this.#generation === 0 && asksKernel(prompt))
      this.send({ type: 'kernel-evident', signal: prompt });
    const { isOwn, back } = this.#prompts.at(prompt, this.#point);
    const { command = '' } = prompt.captures;
    if (isOwn && command !== '') this.#kexecTyped = typesKexec(command);
    if (back !== null) this.#goBack(back);
    return isOwn;
  }

  /** What a word means here and now: a file that kexec cannot read, a kernel that names itself a second time. */
  #meant(meaning: Meaning, { guestSeconds }: Signal, before: Point): Meaning {
    if (meaning === 'kexec-doubt' && this.#kexecTyped) return 'failure';
    const fellBack = guestSeconds !== null && before.clock - guestSeconds > clockTolerance;
    const isNew = fellBack && before.snapshot.context.generation === this.#generation;
    return meaning === 'kernel-names-itself' && isNew ? 'kernel-starts' : meaning;
  }

  /** No kernel is that fast: whose prompt it may be, it is not that of a program it has started. */
  get #isTooEarly(): boolean {
    const { stage } = this.#snapshot.context;
    return stage === 'kernel' && this.#clock > 0 && this.#clock < fastest;
  }

  get #generation(): number {
    return this.#snapshot.context.generation;
  }

  /** What an init nobody knows said last before it ended. */
  #lastWords(signal: Signal): Signal | null {
    const { stage, programsSpoke } = this.#snapshot.context;
    const own = isOf(signal, 'init-exited') && stage === 'initramfs' && !programsSpoke;
    return own && gaveUp(signal.captures) ? this.#words : null;
  }

  /** Chatty programs say a lot; the machine only needs to hear it when something could change. */
  #isNews(meaning: Meaning, said: string): boolean {
    const { programsSpoke, warnings } = this.#snapshot.context;
    const { name, stage } = this.#snapshot.state;
    // Another prompt may be another user's.
    const again = said === this.#lastSaid && meaning !== 'shell';
    if (again && !meaning.endsWith('-starts')) return false;
    if (meaning === 'firmware-speaks') return name !== 'firmware.booting';
    if (!programsSpoke || warnings.length > 0) return true;
    if (meaning === 'initramfs-speaks') return stage !== 'initramfs' && stage !== 'userspace';
    return meaning !== 'userspace-speaks' || stage !== 'userspace';
  }

  /** Kernels that were told to be quiet give themselves away by their clock. */
  #readClock({ seconds, text, line }: ClockReading): void {
    const { boundary } = this.#snapshot.context;
    const fellBack = this.#clock - seconds > clockTolerance;
    if (fellBack && this.#resumes(seconds)) return;
    // The clocks of CPUs that are just being started differ by more.
    const restarted = seconds < clockTolerance && this.#clock - seconds > unannounced;
    const anew = fellBack && (boundary !== null || restarted);
    if (this.#generation === 0 || anew) {
      const signal = { signature: 'printk', line, text, captures: {}, guestSeconds: seconds };
      if (anew) this.#rememberBefore(this.#point);
      this.send({ type: 'kernel-evident', signal });
    }
    this.#clock = seconds;
  }

  /** A death, or a start that nothing has announced, may be a quotation: then the machine's own clock goes on. */
  #rememberBefore(before: Point): void {
    const { boundary, generation } = before.snapshot.context;
    const announced = boundary !== null || before.snapshot.state.stage === 'firmware';
    this.#before = generation === 0 || announced || before.clock === 0 ? null : before;
  }

  /** Whether the clock goes on where it was before somebody quoted another log. */
  #resumes(seconds: number): boolean {
    const before = this.#before;
    if (before === null || seconds < before.clock) return false;
    if (this.#snapshot.context.boundary !== null) return false;
    this.#goBack({ ...before, clock: seconds });
    return true;
  }

  /** What came since was somebody else's. */
  #goBack({ snapshot, clock }: Point): void {
    this.#snapshot = snapshot;
    this.#clock = clock;
    this.#lastSaid = '';
    this.#before = null;
  }

  /** Looks whether life goes on after a warning. */
  #look(recognised: Recognised): void {
    const { warnings, login } = this.#snapshot.context;
    if (warnings.length === 0) return;
    const since = this.#troubleAt;
    this.#calm = later(this.#calm, recognised, since);
    const facts = { calm: this.#calm, clock: recognised.clock, since, isUp: login !== null };
    if (isAlive(warnings, facts)) this.send({ type: 'life' });
  }
}

/** Words that firmware may have as well: they show no kernel. */
function isAnybodys(meaning: Meaning): boolean {
  return ['decompressed', 'kexec-doubt', 'kexec-complaint', 'root-doubt', 'rescue-doubt'].includes(
    meaning,
  );
}
