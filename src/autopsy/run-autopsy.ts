import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnavailableError, UsageError } from '../errors.ts';
import { ownDirectory } from '../host/directories.ts';
import { bytesOnDisk } from '../host/disk-usage.ts';
import type { ProcessLimits } from '../host/limited-process.ts';
import { ProcessLimitError, runLimited } from '../host/limited-process.ts';
import type { Answer, Examined, ExamineRequest } from './autopsy-process.ts';
/** This file runs from source in tests, or from a bundle, where its own location is meaningless. */
const script = import.meta.url.endsWith('.ts')
  ? fileURLToPath(new URL('autopsy-process.ts', import.meta.url))
  : join(ownDirectory, 'dist/autopsy/autopsy-process.js');

/**
 * The limits for reading a dump, by its size on disk: several times what a slow host needs. They stop dumps that claim more
 * than they hold or were crafted to keep their reader busy.
 */
export function autopsyLimits(bytesOnDisk: number): ProcessLimits {
  const gibibytes = bytesOnDisk / 2 ** 30;
  const cpuSeconds = Math.ceil(8 + 6 * gibibytes);
  return { memory: 768 * 2 ** 20, cpuSeconds, wallSeconds: 10 * cpuSeconds };
}

type Options = { limits?: ProcessLimits | undefined; signal?: AbortSignal | undefined };

/**
 * Reads a dump in a separate process with limits on time and memory: its contents were written by a guest, or come from
 * an unknown source.
 * @throws UsageError for a file that is not a dump, or is damaged; UnavailableError if it reaches a limit or fails; the
 *   reason of `signal`
 */
export async function runAutopsy(
  request: ExamineRequest,
  { limits, signal }: Options = {},
): Promise<Examined> {
  const { file: place } = request;
  const allowed = limits ?? autopsyLimits(await bytesOnDisk(place));
  const answer = JSON.parse(await run(request, allowed, signal)) as Answer;
  if ('examined' in answer) return answer.examined;
  if ('refused' in answer) {
    const { message, ...where } = answer.refused;
    throw new UsageError(message, where);
  }
  throw new UnavailableError('the dump could not be read: an error in kexec-lab', {
    place,
    hint: `Report it with these lines:\n${answer.fault}`,
  });
}

async function run(
  request: ExamineRequest,
  limits: ProcessLimits,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await runLimited(script, JSON.stringify(request), limits, signal);
  } catch (error) {
    if (!(error instanceof ProcessLimitError)) throw error;
    throw new UnavailableError(`the dump could not be read: reading it ${error.message}`, {
      place: request.file,
      hint: 'It may claim more memory than it holds, or contain data crafted to keep its reader busy.',
      cause: error,
    });
  }
}
