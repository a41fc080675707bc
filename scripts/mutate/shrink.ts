import { diagnose } from './mutate.ts';

/** The fewest lines of a log that still give the same answer: what is looked at when that answer is wrong. */
export async function shrink(log: Buffer, wrong: string): Promise<Buffer> {
  let lines = log.toString('latin1').split('\n');
  for (let size = lines.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < lines.length;) {
      const fewer = [...lines.slice(0, at), ...lines.slice(at + size)];
      const { outcome } = await diagnose(Buffer.from(fewer.join('\n'), 'latin1'));
      if (outcome.id === wrong) lines = fewer;
      else at += size;
    }
  }
  return Buffer.from(lines.join('\n'), 'latin1');
}
