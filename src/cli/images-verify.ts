import type { Arch } from '../arch.ts';
import { exitCodes, UnavailableError } from '../errors.ts';
import { cacheDirectory } from '../host/cache-directory.ts';
import { ownRecipes } from '../image/recipes/catalog.ts';
import type { Verified } from '../image/store/verify.ts';
import { verifyDownloads, verifyEntry } from '../image/store/verify.ts';
import { printable, printableJson } from '../report/printable.ts';
import { planNamed } from './images-build.ts';

/**
 * `kexec-lab images verify`: reads every image in full, and, where none are named, the downloads too. What is damaged is
 * left for the next run to find, which builds it again.
 * @throws UsageError for a name that is no recipe; UnavailableError, once all has been shown, where something is damaged
 */
export async function verifyImages(
  names: string[],
  { arch, json }: { arch: Arch[]; json?: boolean },
): Promise<void> {
  const rows: Verified[] = [];
  const show = (row: Verified): void => {
    rows.push(row);
    const { what, state, damage } = row;
    const line = `${state.padEnd(9)} ${what}${damage === null ? '' : `: ${damage}`}`;
    if (!json) process.stdout.write(`${printable(line)}\n`);
  };
  for (const entry of planNamed(names, arch, ownRecipes)) show(await verifyEntry(entry));
  if (names.length === 0) for await (const row of verifyDownloads(cacheDirectory())) show(row);
  if (json) process.stdout.write(`${printableJson(rows)}\n`);
  const damaged = rows.filter(({ state }) => state === 'damaged');
  if (damaged.length === 0) return;
  if (json) {
    process.exitCode = exitCodes.unavailable;
    return;
  }
  throw new UnavailableError(`${damaged.length} of ${rows.length} are damaged`, {
    hint: 'The next run builds them again; kexec-lab images build does it now.',
  });
}
