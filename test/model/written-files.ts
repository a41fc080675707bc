import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';

/** Which schema describes a file the lab wrote, by its name; undefined where it is not JSON of the lab's. */
export function schemaOfFile(file: string): string | undefined {
  const name = basename(file);
  if (name === 'manifest.json') {
    return basename(dirname(dirname(file))) === 'checkpoints' ? 'checkpoint' : 'image';
  }
  return {
    'report.json': 'report',
    'result.json': 'result',
    'events.jsonl': 'event',
    'signals.jsonl': 'signal',
    'samples.jsonl': 'sample',
    'recording.json': 'recording',
  }[name];
}

/** What is wrong with the files under a directory, by their JSON Schemas, and how many values each schema has held. */
export function examine(directory: string, schemaOf: (name: string) => object) {
  const held: Record<string, number> = {};
  const wrong: string[] = [];
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) {
    const name = schemaOfFile(file);
    if (name === undefined && /\.jsonl?$/.test(file)) wrong.push(`${file}: has no schema`);
    if (name === undefined) continue;
    const schema = z.fromJSONSchema(schemaOf(name) as z.core.JSONSchema.JSONSchema);
    for (const value of valuesIn(file)) {
      const { error } = schema.safeParse(value);
      if (error) wrong.push(`${file}: ${z.prettifyError(error)}`);
      held[name] = (held[name] ?? 0) + 1;
    }
  }
  return { held, wrong };
}

function valuesIn(file: string): unknown[] {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.jsonl')) return [JSON.parse(text)];
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as unknown);
}
