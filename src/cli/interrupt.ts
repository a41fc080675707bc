import { EventEmitter } from 'node:events';
import { exitCodes } from '../errors.ts';

/**
 * Emits `failed` for every failed write to standard output, and `closed` if the command should stop because its output
 * has no reader. The signal SIGPIPE is not used: it also arrives for other pipes, such as that of a tool that ended early.
 */
export const outputEvents = new EventEmitter<{ closed: []; failed: [error: Error] }>();

/** Whether standard output failed because its reader has gone (a pipe, or a terminal that was closed). */
export function readerHasGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** Signals that stop the command. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason of an abort because standard output has no reader. */
const outputClosed = 'standard output is closed';

/** npm and npx pass on the SIGINT that the terminal has already sent: both arrive within milliseconds. */
const sameWithin = 300;

type Interrupt = {
  /** Fires at the first stop signal (its reason is the name of the signal), or when standard output is closed. */
  signal: AbortSignal;
  /** Restores the default effect of the signals. */
  release(): void;
};

/**
 * Turns the first stop signal into an abort, so that work ends in order. A later signal ends the process at once with exit
 * code 130 (QEMU ends with it); a signal within 300 ms of the first counts as the same. Closed output only aborts, since
 * every further write reports it again.
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
