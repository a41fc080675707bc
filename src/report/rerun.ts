import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CaseResult } from '../lab/result.ts';
import { shellQuote } from '../qemu/command-line.ts';
import { ownScenarios } from '../scenario/load.ts';
import { shortPath } from './transcript.ts';

/** The command that runs a case again, as one types it: built-in scenarios by their names, the user's by their files. */
export function rerunCommand({ scenario, arch, place }: CaseResult): string {
  const program = process.env.npm_command === 'exec' ? 'npx kexec-lab' : 'kexec-lab';
  const { file } = splitPlace(place);
  const own = dirname(file) === ownScenarios;
  // The run may have been made on another machine, with kexec-lab elsewhere.
  const builtIn = own || (!existsSync(file) && existsSync(join(ownScenarios, `${scenario}.yaml`)));
  const what = builtIn ? scenario : shellQuote(shortPath(file));
  return `${program} run ${what} --arch ${arch} --tail`;
}

/** `file:line` in its two parts; line 1 where none is told. */
export function splitPlace(place: string): { file: string; line: number } {
  const [, file = place, line = '1'] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { file, line: Number(line) };
}
