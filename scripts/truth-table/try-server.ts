/** Everything that is tried on the servers of one suite and architecture. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Arch } from '../../src/arch.ts';
import type { Place, Server, Tried } from './data.ts';
import { needsSystem } from './data.ts';
import { unpackServer } from './server.ts';
import { tryPlain } from './try-plain.ts';
import { trySystem } from './try-system.ts';

/** Tries `places`, all of one suite and architecture. `scratch` is an empty directory. */
export async function tryServer(
  suite: Server['suite'],
  arch: Arch,
  places: readonly Place[],
  scratch: string,
): Promise<{ server: Server; qemu: string; cells: Tried['cells'] }> {
  const { kernel, stub, config, unpacks } = await unpackServer(
    suite,
    arch,
    path.join(scratch, 'server'),
  );
  const benches = [
    { run: tryPlain, name: 'plain', mine: places.filter((place) => !needsSystem(place)) },
    { run: trySystem, name: 'system', mine: places.filter(needsSystem) },
  ];
  let server: Server = {
    ...{ suite, arch, config, unpacks, systemd: null },
    ...{ kernel: '', kexecTools: '' },
  };
  let qemu = '';
  const cells: Tried['cells'] = [];
  for (const { run, name, mine } of benches) {
    if (mine.length === 0) continue;
    const own = path.join(scratch, name);
    mkdirSync(own);
    const tried = await run(suite, arch, mine, { arch, kernel, stub }, own);
    server = { ...server, ...tried.found };
    qemu = tried.qemu;
    cells.push(...tried.cells);
  }
  return { server, qemu, cells };
}
