import { createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Signal } from '../boot/signal.ts';

/** What is kept of a case while it runs. Every file is complete up to the last byte the guest wrote, whatever ends the run. */
export type CaseRecord = {
  /** `console.raw`: the evidence, byte for byte; resolves when it is with the operating system. */
  raw(chunk: Uint8Array): Promise<void>;
  /** `console.log`: line n here is line n of the raw console, with the host seconds it came at in front. */
  line(seconds: number, text: string): void;
  /** `signals.jsonl`: what was recognised, and when. */
  signal(seconds: number, signal: Signal): void;
  close(): Promise<void>;
};

export async function openCaseRecord(directory: string): Promise<CaseRecord> {
  const raw: FileHandle = await open(join(directory, 'console.raw'), 'w');
  const log = createWriteStream(join(directory, 'console.log'));
  const signals = createWriteStream(join(directory, 'signals.jsonl'));
  return {
    raw: async (chunk) => {
      await raw.appendFile(chunk);
    },
    line: (seconds, text) => log.write(`${seconds.toFixed(3).padStart(9)} ${text}\n`),
    signal: (seconds, signal) => signals.write(`${JSON.stringify({ seconds, ...signal })}\n`),
    close: async () => {
      log.end();
      signals.end();
      await Promise.all([raw.close(), finished(log), finished(signals)]);
    },
  };
}
