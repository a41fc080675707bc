import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createBootObserver } from '../../src/boot/observer.ts';
import type { LineSource } from '../../src/console/lines.ts';
import type { Outcome, Signal } from '../../src/model/boot.ts';
import type { OutcomeId, Stage } from '../../src/model/vocabulary.ts';
import { Transcript } from '../../src/transcript/transcript.ts';
/** One entry of test/logs/index.yaml. */
export type RecordedLog = {
  log: string;
  origin: 'recorded' | 'typed';
  shows: string;
  outcome: OutcomeId;
  generation: number;
  stage: Stage;
  captures?: Record<string, string>;
  signals?: string[];
};

const directory = new URL('../logs/', import.meta.url);

export const logDirectory = fileURLToPath(directory);

export const recordedLogs = readYaml('index.yaml') as RecordedLog[];

/** Lines by the signature they must not give. */
export const nearMisses = readYaml('near-misses.yaml') as Record<string, string[]>;

export function readLog(name: string): Buffer {
  return readFileSync(new URL(name, directory));
}

/** Feeds the chunks of a whole log, as `kexec-lab diagnose` does. */
export function diagnose(
  chunks: Iterable<Uint8Array>,
  lines: LineSource = new Transcript(),
): { outcome: Outcome; signals: Signal[] } {
  const observer = createBootObserver({ lines });
  const signals: Signal[] = [];
  for (const chunk of chunks) signals.push(...observer.feed(chunk));
  signals.push(...observer.peek(), ...observer.end({ reason: 'log-ended' }));
  return { outcome: observer.outcome(), signals };
}

function readYaml(name: string): unknown {
  return parse(readFileSync(new URL(name, directory), 'utf8')) as unknown;
}
