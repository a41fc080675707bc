import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { TakenSample } from '../../src/boot/cpu/silence.ts';

import { certainty, lengthen, noSilence, sampleLine } from '../../src/boot/cpu/silence.ts';
import { sampleLineSchema } from '../../src/model/boot.ts';

const directory = fileURLToPath(new URL('samples/', import.meta.url));

/** What real machines' silences are: each of a file's name begins with what became certain in the end, or `alive`. */
const files = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));

function parseSampleLine(line: string): TakenSample {
  const { silentMs, ...sample } = sampleLineSchema.parse(JSON.parse(line));
  return { sample: { ...sample, pcs: sample.pcs.map((pc) => BigInt(`0x${pc}`)) }, silentMs };
}

/** What was ever certain in a file's silences, in the order it became so. */
function certainties(text: string): string[] {
  const seen: string[] = [];
  let silence = noSilence;
  let silentMs = Infinity;
  for (const line of text.trim().split('\n')) {
    const taken = parseSampleLine(line);
    if (taken.silentMs < silentMs) silence = noSilence;
    silentMs = taken.silentMs;
    silence = lengthen(silence, taken.sample);
    const certain = certainty(silence);
    if (certain !== null && certain !== seen.at(-1)) seen.push(certain);
  }
  return seen;
}

t.test('each recorded silence is what it is known to have been, and nothing else', (t) => {
  t.ok(files.length > 0);
  for (const name of files) {
    const [kind = ''] = name.split('-');
    const known = kind === 'alive' ? [] : [kind];
    t.strictSame(certainties(readFileSync(`${directory}${name}`, 'utf8')), known, name);
  }
  t.end();
});

t.test('a sample is read as it was written', (t) => {
  for (const name of files) {
    const [line = ''] = readFileSync(`${directory}${name}`, 'utf8').split('\n');
    t.strictSame(JSON.parse(sampleLine(parseSampleLine(line))), JSON.parse(line), name);
  }
  t.end();
});
