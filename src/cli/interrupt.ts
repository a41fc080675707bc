import { exitCodes } from '../errors.ts';

/** Signals that ask for an end. SIGPIPE is `main`'s word for a reader of standard output that has gone. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const;

/** npm and npx pass on the SIGINT that the terminal has already sent: both arrive within milliseconds. */
const sameWithin = 300;

export type Interrupt = {
  /** Fires at the first stop signal; its reason is the signal's name. */
  signal: AbortSignal;
  /** Gives the signals back their usual meaning. */
  release(): void;
};

/**
 * Turns the first stop signal into an abort, so that work ends in order, and a later one into an end at once, with
 * exit code 130 (QEMU dies with us). A signal within 300 ms of the first is the same one, and a broken pipe, which
 * every further write reports again, never ends at once.
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
    } else if (name !== 'SIGPIPE' && now() - first > sameWithin) {
      leave(exitCodes.interrupted);
    }
  };
  for (const name of stopSignals) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const name of stopSignals) process.off(name, onSignal);
    },
  };
}
