/**
 * How a machine's clock runs: by the instructions it executes, with idle time skipped (`-icount sleep=off`) or waited out
 * (`-icount sleep=on`), or by the host's clock.
 */
export const guestTimes = ['sleep=off', 'sleep=on', 'host'] as const;
export type GuestTime = (typeof guestTimes)[number];

/** What is known of a build of QEMU. */
export type IdleSkipping = {
  /** How machines run whose profile says `clock: guest`. */
  time: GuestTime;
  /** `proved` by trying it, now or earlier; `assumed` where it could not be tried. */
  certainty: 'proved' | 'assumed';
  /** Why it is not what it should be: what was seen of the others, or why it could not be tried. Empty where all is well. */
  detail: string;
};

/** One clause for people, such as `works (sleep=off)`. */
export function describeIdleSkipping({ time, certainty, detail }: IdleSkipping): string {
  if (certainty === 'assumed') return `not tried (${detail}); assumed to work (${time})`;
  if (time === 'sleep=off') return `works (${time})`;
  const instead =
    time === 'sleep=on'
      ? 'machines wait out their idle time (sleep=on)'
      : 'machines run on the host’s clock';
  return `does not work: ${detail}; ${instead}`;
}
