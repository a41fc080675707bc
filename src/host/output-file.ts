import { statSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { kindOf } from './input-file.ts';

/**
 * Looks at a file that is about to be written. A named pipe that nobody reads would keep its writer for ever; what else
 * cannot be written, opening it tells.
 * @throws UsageError for a named pipe
 */
export function checkOutput(file: string): void {
  let found;
  try {
    found = statSync(file);
  } catch {
    return;
  }
  if (!found.isFIFO()) return;
  throw new UsageError(`this is ${kindOf(found)}, which cannot be written to`, {
    place: file,
    hint: 'Name a file. To hand the text to a program, use standard output.',
  });
}
