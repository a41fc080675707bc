/** `kexec` on a small disk: one boot for all loads, then one boot for each kernel that was loaded. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Arch } from '../../src/arch.ts';
import { upstreamVersion } from '../../src/text/versions.ts';
import { bootAll, logInTo } from './boots.ts';
import type { Cell, Place, Tried } from './data.ts';
import { formatsOf, isSystemctl } from './data.ts';
import { layOutEntries } from './entries.ts';
import { unpackSystemctl } from './server.ts';
import type { Source } from './formats.ts';
import { makeFormats } from './formats.ts';
import { becameOf, settleCells } from './cells.ts';
import type { Command } from './guest.ts';
import {
  deleteTools,
  loadCommand,
  parseAttempts,
  readySystemctl,
  tryScript,
  writable,
} from './guest.ts';

/** The first kernel's command line, by the lockdown that it asks for. */
const cmdlines: Partial<Record<Place['lockdown'], string>> = {
  none: 'root=/dev/vda',
  integrity: 'root=/dev/vda lockdown=integrity',
};

/** Tries `places`, all of one suite and architecture, with its `kernel`. `scratch` is an empty directory. */
export async function tryPlain(
  suite: string,
  arch: Arch,
  places: readonly Place[],
  kernel: Source,
  scratch: string,
): Promise<Tried> {
  const disk = prepareDisk(scratch, arch);
  await makeFormats(formatsOf[arch], kernel, disk.files);
  const systemd = places.some(({ way }) => isSystemctl(way))
    ? await addSystemctl(suite, arch, disk.files, scratch)
    : null;
  const ready = systemd === null ? writable : readySystemctl;
  writeFileSync(path.join(disk.files, 'ready'), `${ready}\n`);
  const source = `debian:${suite}`;
  const options = ['--kernel', source, '--first-kernel', source, '--kexec-tools', source];
  const tried: Tried = { found: {}, qemu: '', cells: [] };
  for (const lockdown of new Set(places.map((place) => place.lockdown))) {
    const here = places.filter((place) => place.lockdown === lockdown);
    const commands = here.map((place) => loadCommand(arch, place));
    writeFileSync(path.join(disk.files, 'try'), tryScript(commands, ready));
    const setup = { disk: { recipe: disk.recipe }, cmdline: cmdlines[lockdown] ?? '' };
    const [probe] = await bootAll(
      scratch,
      arch,
      [
        {
          name: `try-${lockdown}`,
          boot: setup,
          steps: [...logInTo(1), { run: '/truth/try' }],
          expect: { outcome: 'booted', generation: 1, release: 'first' },
        },
      ],
      options,
    );
    if (probe === undefined) throw new Error('no boot');
    const version = (name: string) =>
      upstreamVersion(probe.result.packages.find((found) => found.name === name)?.version ?? '');
    tried.found = {
      kernel: probe.result.release ?? '',
      kexecTools: version('kexec-tools'),
      ...(systemd !== null && { systemd }),
    };
    tried.qemu = probe.qemu;
    const attempts = parseAttempts(probe.console);
    const start = async (numbers: readonly number[]) => {
      const scenarios = numbers.map((number) => ({
        name: `start-${lockdown}-${number}`,
        boot: setup,
        steps: [
          ...logInTo(1),
          { run: loadedBy(here[number - 1]?.way, commands[number - 1]) },
          { run: 'kexec -e', exit: 'gone' as const },
        ],
        expect: { outcome: 'booted' as const, generation: 2, root: '/dev/vda1' },
      }));
      return (await bootAll(scratch, arch, scenarios, options)).map(becameOf);
    };
    const cells: Cell[] = await settleCells(here, commands, attempts, probe.console, start);
    tried.cells.push(...cells);
  }
  return tried;
}

/** One line for the shell, since the environment of one does not last: it fails if nothing was loaded. */
function loadedBy(way: Place['way'] | undefined, command: Command | undefined): string {
  const alone = way === 'systemctl-alone' ? [deleteTools] : [];
  const words = ['. /truth/ready', ...alone, command?.prepare ?? '', command?.command ?? ''];
  return [...words, 'grep 1 /sys/kernel/kexec_loaded'].join('; ');
}

/** Adds systemctl of a suite and a boot loader entry for each file. Its version. */
async function addSystemctl(
  suite: string,
  arch: Arch,
  files: string,
  scratch: string,
): Promise<string> {
  layOutEntries(path.join(files, 'esp'), arch, files);
  return unpackSystemctl(suite, arch, path.join(scratch, 'systemd'), path.join(files, 'systemd'));
}

/** A recipe of a disk like mini-disk with the files of `files` under /truth. */
function prepareDisk(scratch: string, arch: Arch): { recipe: string; files: string } {
  const files = path.join(scratch, 'truth-files', 'truth');
  mkdirSync(files, { recursive: true });
  mkdirSync(path.join(scratch, 'truth-files', 'tmp'));
  writeFileSync(path.join(scratch, 'truth-files', 'tmp', 'keep'), '');
  for (const overlay of ['mini-disk', 'machine-report'])
    cpSync(path.join('images', overlay), path.join(scratch, overlay), { recursive: true });
  const recipe = parse(readFileSync('images/mini-disk.yaml', 'utf8')) as { overlays: string[] };
  const size = arch === 'arm' ? 256 : 512;
  const overlays = [...recipe.overlays, 'truth-files'];
  writeFileSync(path.join(scratch, 'truth-disk.yaml'), stringify({ ...recipe, size, overlays }));
  return { recipe: path.join(scratch, 'truth-disk.yaml'), files };
}
