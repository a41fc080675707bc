import { EventEmitter } from 'node:events';
import { exitCodes } from '../errors.ts';

/**
 * Says `failed` for every write to standard output that failed, and `closed` where what runs should end because nobody
 * reads it. Not the signal SIGPIPE: that one also comes for any other pipe, such as that of a tool that ended early.
 */
export const outputEvents = new EventEmitter<{ closed: []; failed: [error: Error] }>();

/** Whether standard output failed because its reader has gone (a pipe, or a terminal that was closed). */
export function readerHasGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** Signals that ask for an end. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason when nobody reads our standard output any more. */
const outputClosed = 'standard output is closed';

/** npm and npx pass on the SIGINT that the terminal has already sent: both arrive within milliseconds. */
const sameWithin = 300;

type Interrupt = {
  /** Fires at the first stop signal, or when standard output is closed; its reason is the signal's name, or that. */
  signal: AbortSignal;
  /** Gives the signals back their usual meaning. */
  release(): void;
};

/**
 * Turns the first stop signal into an abort, so that work ends in order, and a later one into an end at once, with
 * exit code 130 (QEMU dies with us). A signal within 300 ms of the first is the same one. A closed output stops too,
 * but never at once: every further write reports it again.
 *
 * @param now milliseconds, from any fixed point
 */
export function catchInterrupts(
  leave: (code: number) => void = (code) => process.exit(code),
  now: () => number = () => performance.now(),
): Interrupt {
  const controller = new AbortController();
  let first: number | null = null;
  const onSignal = (name: string) => {
    if (first === null) {
      first = now();
      controller.abort(name);
    } else if (name !== outputClosed && now() - first > sameWithin) {
      leave(exitCodes.interrupted);
    }
  };
  const onClosed = () => {
    onSignal(outputClosed);
  };
  for (const name of stopSignals) process.on(name, onSignal);
  outputEvents.on('closed', onClosed);
  return {
    signal: controller.signal,
    release() {
      for (const name of stopSignals) process.off(name, onSignal);
      outputEvents.off('closed', onClosed);
    },
  };
}
