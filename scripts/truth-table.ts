/**
 * `npm run truth-table [-- --suite SUITE… --arch ARCH… --lockdown LOCKDOWN… --way WAY… --format FORMAT…]`: tries every way to load every format
 * of kernel on a server of every suite, and writes what the program and the kernel said, and what became of each kernel that
 * was loaded, to docs/kexec-truth-table.json; `npm run docs` makes the page from it. Cells that are not asked for stay as they are. Needs u-boot-tools, zstd,
 * binutils-aarch64-linux-gnu and qemu-efi-aarch64, downloads the kernels, installs a whole Debian of each suite for Secure Boot, and
 * takes hours.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format as prettify, resolveConfig } from 'prettier';
import type { Arch } from '../src/arch.ts';
import { arches } from '../src/arch.ts';
import type { Cell, Place, Server, Truth } from './truth-table/data.ts';
import {
  allPlaces,
  formats,
  isAt,
  lockdowns,
  reasonNotToTry,
  reasonNotTried,
  suites,
  truthSchema,
  ways,
} from './truth-table/data.ts';
import { tryServer } from './truth-table/try-server.ts';

const file = 'docs/kexec-truth-table.json';
const several = { type: 'string', multiple: true } as const;
const { values } = parseArgs({
  options: { suite: several, arch: several, lockdown: several, way: several, format: several },
});
const isAsked = ({ suite, arch, lockdown, way, format }: Place): boolean =>
  (values.suite ?? suites).includes(suite) &&
  (values.arch ?? arches).includes(arch) &&
  (values.lockdown ?? lockdowns).includes(lockdown) &&
  (values.way ?? ways).includes(way) &&
  (values.format ?? formats).includes(format);

const truth = readTruth();
for (const arch of arches) {
  for (const suite of suites) {
    const asked = allPlaces().filter(
      (place) =>
        isAsked(place) &&
        place.arch === arch &&
        place.suite === suite &&
        reasonNotToTry(place) === null,
    );
    if (asked.length === 0) continue;
    const scratch = mkdtempSync(path.join(tmpdir(), 'kexec-lab-truth-'));
    try {
      const { server, qemu, cells } = await tryServer(suite, arch, asked, scratch);
      await keep(suite, arch, server, qemu, cells);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  }
}

function readTruth(): Truth {
  try {
    return truthSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { date: '2000-01-01', qemu: '', servers: [], cells: [] };
  }
}

/** Replaces the cells that were tried, and writes the file. Cells that nobody has tried say so. */
async function keep(suite: string, arch: Arch, server: Server, qemu: string, cells: Cell[]) {
  truth.date = new Date().toISOString().slice(0, 10);
  truth.qemu = qemu;
  const isSame = (other: Server) => other.suite === suite && other.arch === arch;
  const systemd = server.systemd ?? truth.servers.find(isSame)?.systemd ?? null;
  truth.servers = [...truth.servers.filter((other) => !isSame(other)), { ...server, systemd }];
  const before = truth.cells;
  truth.cells = allPlaces().map((place) => {
    const found = [...cells, ...before].find(
      (cell) => isAt(cell, place) && cell.tried.as !== 'not-tried',
    );
    return found ?? { ...place, tried: { as: 'not-tried', reason: reasonNotTried(place) } };
  });
  const style = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await prettify(JSON.stringify(truth), style));
}
