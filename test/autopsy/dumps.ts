import { gunzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { examine, type Findings } from '../../src/autopsy/examine.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { openDump } from '../../src/autopsy/memory-dump.ts';

const directory = fileURLToPath(new URL('dumps/', import.meta.url));

/** A dump of a real machine, of which scripts/trim-dump.ts kept what an autopsy looks at, in a file of the test's. */
export function dumpFile(t: Test, name: string): string {
  const file = join(temporaryDirectory(t), `${name}.elf`);
  writeFileSync(file, gunzipSync(readFileSync(join(directory, `${name}.elf.gz`))));
  return file;
}

/** What is found in such a dump. */
export function findingsOf(t: Test, name: string): Findings {
  const dump = openDump(dumpFile(t, name), 0);
  try {
    return examine(dump);
  } finally {
    dump.close();
  }
}
