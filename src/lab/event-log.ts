import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { LabEvent } from './events.ts';

/** `events.jsonl`: every event of a run but the console's lines, which are in the cases' own directories. */
export function openEventLog(file: string): {
  append(event: LabEvent): void;
  close(): Promise<void>;
} {
  const stream = createWriteStream(file);
  return {
    append: (event) => {
      if (event.type !== 'case-console') stream.write(`${JSON.stringify(event)}\n`);
    },
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
}
