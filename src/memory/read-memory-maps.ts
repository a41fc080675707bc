/** The memory maps of the loads that `kexec -d` describes in a log. */
import { LoadDumps } from './load-dump.ts';
import { memoryMap } from './memory-map.ts';
import type { MemoryMap } from '../model/boot.ts';
import { Transcript } from '../transcript/transcript.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** Every description has this, and hardly any log has it. */
const marker = Buffer.from('nr_segments');

/** Looks for such a description in the bytes that pass. */
export class LoadSearch {
  found = false;

  async *through(source: Bytes): Bytes {
    let end = Buffer.alloc(0);
    for await (const chunk of source) {
      if (!this.found) {
        // The word may be cut between two chunks.
        const seam = Buffer.concat([end, chunk.subarray(0, marker.length)]);
        this.found =
          seam.includes(marker) ||
          Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes(marker);
        end = Buffer.from(chunk.subarray(-marker.length));
      }
      yield chunk;
    }
  }
}

/** Reads a log for them. */
export async function readMemoryMaps(log: Bytes): Promise<MemoryMap[]> {
  const transcript = new Transcript();
  const dumps = new LoadDumps();
  const read = (lines: ReturnType<Transcript['feed']>): void => {
    for (const { text, line } of lines) dumps.read(text, line);
  };
  for await (const chunk of log) read(transcript.feed(chunk));
  read(transcript.end());
  return dumps.found.map(memoryMap);
}
