import type { Arch } from '../../arch.ts';
import type { Qemu } from '../find-qemu.ts';
import type { IdleSkipping } from '../guest-time.ts';
import { memoFile, readMemo, writeMemo } from './memo.ts';
import { tryTime } from './try-time.ts';

/** A QEMU of which is known how machines on guest time run with it. */
export type ProvedQemu = Qemu & { idleSkipping: IdleSkipping };

type Options = {
  /** The cache directory. */
  cache: string;
  /** Whether what is proved is kept there for the next time (default: yes). */
  remember?: boolean;
};

/**
 * Finds out whether this QEMU skips a guest's idle time, by trying it on the smallest guest that does disk I/O; a moment,
 * once for each build of QEMU. Where it stands still, it is tried again with idle time waited out; where that fails as
 * well, the host's clock is left. What could not be tried is assumed to work, and tried again the next time.
 */
export async function tryQemu(
  qemu: Qemu,
  arch: Arch,
  { cache, remember = true }: Options,
): Promise<ProvedQemu> {
  const file = await memoFile(qemu, arch, cache);
  const remembered = await readMemo(file);
  if (remembered !== null) return { ...qemu, idleSkipping: remembered };
  const idleSkipping = await prove(qemu, arch);
  if (remember && idleSkipping.certainty === 'proved') await writeMemo(file, qemu, idleSkipping);
  return { ...qemu, idleSkipping };
}

/** What is known of this QEMU without starting it. */
export async function recallQemu(qemu: Qemu, arch: Arch, cache: string): Promise<ProvedQemu> {
  const remembered = await readMemo(await memoFile(qemu, arch, cache));
  return { ...qemu, idleSkipping: remembered ?? assume('it has not been used yet') };
}

async function prove(qemu: Qemu, arch: Arch): Promise<IdleSkipping> {
  const skipping = await tryTime(qemu, arch, 'sleep=off');
  if (skipping.kind === 'held') return { time: 'sleep=off', certainty: 'proved', detail: '' };
  if (skipping.kind === 'undecided') return assume(skipping.detail);
  const { detail } = skipping;
  const waiting = await tryTime(qemu, arch, 'sleep=on');
  if (waiting.kind === 'failed') return { time: 'host', certainty: 'proved', detail };
  // That idle time cannot be skipped is proved; how far waiting it out holds is seen when it is used.
  return { time: 'sleep=on', certainty: 'proved', detail };
}

function assume(detail: string): IdleSkipping {
  return { time: 'sleep=off', certainty: 'assumed', detail };
}
