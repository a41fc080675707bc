import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { Test } from 'tap';
import type { Arch } from '../../src/arch.ts';
import { examine } from '../../src/autopsy/findings.ts';
import { openDump } from '../../src/autopsy/memory-dump.ts';
import type { Findings } from '../../src/model/examination.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

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

/**
 * Has a machine that never runs wear the memory of such a dump, and QEMU dump that as a core and compressed. QEMU puts a
 * device tree of its own at the beginning.
 */
export async function dumpedByQemu(
  t: Test,
  arch: Arch,
  name: string,
): Promise<{ core: string; compressed: string }> {
  const [core, compressed, ram] = ['core', 'compressed', 'ram'].map((file) =>
    join(temporaryDirectory(t), file),
  ) as [string, string, string];
  const dump = openDump(dumpFile(t, name), 0);
  const [first, last] = [dump.ranges[0], dump.ranges.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no memory');
  const size = last.to - first.from;
  const file = openSync(ram, 'w');
  ftruncateSync(file, size);
  for (const { from, to } of dump.ranges) {
    writeSync(file, dump.read(from, to - from), 0, to - from, from - first.from);
  }
  closeSync(file);
  dump.close();
  const { binary, options } = await findQemu(arch);
  const memory = `memory-backend-file,id=ram,size=${size},mem-path=${ram},share=off`;
  const machine = ['-machine', 'virt,memory-backend=ram', '-m', `${size / 2 ** 20}`];
  const nothingElse = ['-nodefaults', '-display', 'none', '-S', '-monitor', 'stdio'];
  await execa(binary, [...options, '-object', memory, ...machine, ...nothingElse], {
    input: `dump-guest-memory ${core}\ndump-guest-memory -z ${compressed}\nquit\n`,
  });
  return { core, compressed };
}
