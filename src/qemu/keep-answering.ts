import type { Qmp } from './qmp.ts';

/** How often a recorded machine looks up from its work, for so long once it is told to, and how often it is told. */
const everyMs = 10;
const rounds = 1000;
const againMs = 3000;

/**
 * Keeps QEMU answering while it records. A recorded machine holds the lock that QEMU's main loop needs for as long as its
 * CPU runs, and that is until its next timer or for 2 s of guest time, which is a minute for a guest that goes from fault
 * to fault. While it records, timers of the host's clock count, too (`icount_get_limit`, accel/tcg), and need not come
 * again when it is played; `announce-self` to no interface is a thousand of them, and nothing else.
 *
 * @returns what ends it
 */
export function keepAnswering(qmp: Qmp): () => void {
  const announcement = { initial: everyMs, max: everyMs, rounds, step: 0, interfaces: [] };
  const tell = (): void => {
    qmp.execute('announce-self', announcement).catch(() => undefined);
  };
  tell();
  const timer = setInterval(tell, againMs);
  return () => {
    clearInterval(timer);
  };
}
