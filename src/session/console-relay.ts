import type { BootObserver } from '../boot/observer.ts';
import { createBootObserver } from '../boot/observer.ts';
import type { ConsoleLine, LineSource } from '../console/lines.ts';
import { LineSplitter } from '../console/lines.ts';
import type { Signal } from '../model/boot.ts';
import type { BootClock } from './boot-clock.ts';
import type { SessionListener } from './listeners.ts';

/**
 * Passes on what the console shows: chunks and lines to the listeners, lines to the observer, and the signals that the
 * observer recognises to the listeners. A line is cut once, and the listeners get it before the observer does.
 */
export class ConsoleRelay {
  readonly observer: BootObserver;
  /** Bytes of the console so far. */
  bytes = 0;
  /** While false, bytes still reach the listeners, but are no longer recognised. */
  recognises = true;
  readonly #listeners: readonly SessionListener[];
  readonly #clock: BootClock;
  readonly #splitter = new LineSplitter();

  /** @param awaitGeneration the generation whose login prompt settles the boot */
  constructor(listeners: readonly SessionListener[], clock: BootClock, awaitGeneration: number) {
    this.#listeners = listeners;
    this.#clock = clock;
    this.observer = createBootObserver({ awaitGeneration, lines: this.#relayedLines() });
  }

  /** Passes on the next bytes of the console. */
  take(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#clock.hear();
    this.bytes += chunk.length;
    for (const listener of this.#listeners) listener.onBytes?.(chunk);
    if (!this.recognises) {
      for (const line of this.#splitter.feed(chunk)) this.#passLine(line);
      return;
    }
    for (const piece of afterEachNewline(chunk)) this.tell(this.observer.feed(piece));
    for (const listener of this.#listeners) listener.onPlace?.(this.observer.position);
  }

  /** Passes on the signals of a line, if it has any, and where the boot stands after it. */
  tell(signals: Signal[]): void {
    const place = this.observer.position;
    for (const seen of signals)
      for (const listener of this.#listeners) listener.onSignal?.(seen, place);
    const timed = signals.findLast(({ guestSeconds }) => guestSeconds !== null);
    const { generation, stage } = place;
    const hostMs = this.#clock.elapsed;
    const reading = { generation, stage, hostMs, guestSeconds: timed?.guestSeconds ?? null };
    for (const listener of this.#listeners) listener.onReading?.(reading);
  }

  /** Passes on the last line if it lacks its newline. */
  close(): void {
    for (const line of this.#splitter.end()) this.#passLine(line);
  }

  #passLine(line: ConsoleLine): void {
    for (const listener of this.#listeners) listener.onLine?.(line);
  }

  /** The lines for the observer. Each goes to the listeners first. */
  #relayedLines(): LineSource {
    const splitter = this.#splitter;
    const relayed = function* (this: ConsoleRelay, lines: ConsoleLine[]): Generator<ConsoleLine> {
      for (const line of lines) {
        this.#passLine(line);
        yield line;
      }
    }.bind(this);
    return {
      feed: (chunk) => relayed(splitter.feed(chunk)),
      flush: () => [],
      end: () => relayed(splitter.end()),
      get rest() {
        return splitter.rest;
      },
    };
  }
}

/** Cuts a chunk after each newline, so that every reading is of one line. */
function* afterEachNewline(chunk: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
    yield chunk.subarray(from, at + 1);
    from = at + 1;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}
