import type { Limits } from '../scenario/scenario.ts';
import type { Lasting } from './boot-clock.ts';

/** A guest that floods its console is stopped here: nobody reads more, and disks are finite. Bytes. */
export const consoleLimit = 64 * 2 ** 20;

/** A guest that goes from fault to fault fills a recording with 8 MB/s. Bytes. */
export const recordingLimit = 2 ** 30;

/**
 * Limits are guest time. Host time bounds them from both sides: a guest whose disk is slow, because the host is busy,
 * ages fast (idle time is skipped: a Debian that took 90 s on a quiet host was 600 s old after 150 s on a busy one), so a
 * limit also needs its share of host time; and a guest that executes nothing does not age at all, so there is a longest
 * time on the wall.
 */
const leastHostShare = { silence: 1 / 4, total: 1 };
const mostHostShare = 3;

/** A silence that is about to prove something may last so many times as long: a busy host only makes proofs slow. */
const patience = 2;

/** How far a boot has come, on both clocks. */
export type Progress = {
  /** Of the console. */
  bytes: number;
  /** Of the recording; 0 where there is none. */
  recorded: number;
  /** The silence is about to prove something, see the observer. */
  becomingCertain: boolean;
  host: Lasting;
  guest: Lasting;
};

/** Which limit a boot has passed, in words; undefined while there is none. */
export function exceededLimit(
  { bytes, recorded, becomingCertain, host, guest }: Progress,
  { total, silence: usual }: Limits,
): string | undefined {
  const silence = usual * (becomingCertain ? patience : 1);
  if (bytes > consoleLimit) return `the console passed ${consoleLimit / 2 ** 20} MiB`;
  if (recorded > recordingLimit) return `the recording passed ${recordingLimit / 2 ** 20} MiB`;
  if (guest.silence > silence && host.silence > silence * leastHostShare.silence) {
    return `silent for ${silence} s of guest time`;
  }
  if (guest.total > total && host.total > total * leastHostShare.total) {
    return `no outcome within ${total} s of guest time`;
  }
  const longest = total * mostHostShare;
  return host.total > longest ? `no outcome within ${longest} s` : undefined;
}
