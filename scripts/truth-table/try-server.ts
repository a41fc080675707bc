/** Everything that is tried on one server: one boot for all loads, then one boot for each kernel that was loaded. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Arch } from '../../src/arch.ts';
import { diagnose } from '../../src/index.ts';
import { upstreamVersion } from '../../src/text/versions.ts';
import type { Boot, What } from './boots.ts';
import { bootAll, logIn } from './boots.ts';
import type { Cell, Place, Server } from './data.ts';
import { formatsOf } from './data.ts';
import { makeFormats } from './formats.ts';
import type { Attempt } from './guest.ts';
import { loadCommand, parseAttempts, tryScript, writable } from './guest.ts';
import { unpackServer } from './server.ts';

type Tried = { server: Server; qemu: string; cells: Cell[] };

/** The ways that need nothing but `kexec`, and the state of the kernel that a command line can give. */
const plainWays = ['-c', '-s', '-a'];
const cmdlines: Partial<Record<Place['lockdown'], string>> = {
  none: 'root=/dev/vda',
  integrity: 'root=/dev/vda lockdown=integrity',
};

/** Tries `places`, all of one suite and architecture. `scratch` is an empty directory. */
export async function tryServer(
  suite: Server['suite'],
  arch: Arch,
  places: readonly Place[],
  scratch: string,
): Promise<Tried> {
  const { kernel, stub, config, unpacks } = await unpackServer(
    suite,
    arch,
    path.join(scratch, 'server'),
  );
  const mine = places.filter(({ way, lockdown }) => plainWays.includes(way) && cmdlines[lockdown]);
  const disk = prepareDisk(scratch, arch);
  await makeFormats(formatsOf[arch], { arch, kernel, stub }, disk.files);
  const source = `debian:${suite}`;
  const options = ['--kernel', source, '--first-kernel', source, '--kexec-tools', source];
  const cells: Cell[] = [];
  let first: Boot | undefined;
  for (const lockdown of new Set(mine.map((place) => place.lockdown))) {
    const here = mine.filter((place) => place.lockdown === lockdown);
    const commands = here.map(({ way, format }) => loadCommand(arch, way, format));
    writeFileSync(path.join(disk.files, 'try'), tryScript(commands));
    const setup = { disk: { recipe: disk.recipe }, cmdline: cmdlines[lockdown] ?? '' };
    const probe: What = {
      name: `try-${lockdown}`,
      boot: setup,
      steps: [...logIn, { run: '/truth/try' }],
      expect: { outcome: 'booted', generation: 1, release: 'first' },
    };
    const [tried] = await bootAll(scratch, arch, [probe], options);
    if (tried === undefined) throw new Error('no boot');
    first ??= tried;
    const attempts = parseAttempts(tried.console);
    const loaded = attempts.filter((attempt) => attempt.loaded);
    const started = await bootAll(
      scratch,
      arch,
      loaded.map(({ number }) => ({
        name: `start-${lockdown}-${number}`,
        boot: setup,
        steps: [
          ...logIn,
          { run: writable },
          { run: commands[number - 1] ?? '' },
          { run: 'kexec -e', exit: 'gone' as const },
        ],
        expect: { outcome: 'booted', generation: 2, root: '/dev/vda1' },
      })),
      options,
    );
    for (const [index, place] of here.entries()) {
      const attempt = attempts.find(({ number }) => number === index + 1);
      if (attempt === undefined) throw new Error(`command ${index + 1} was not tried`);
      const command = withoutSpeedUp(commands[index] ?? '');
      const run = started[loaded.indexOf(attempt)];
      cells.push({
        ...place,
        tried:
          run === undefined
            ? await refused(command, attempt, tried.console)
            : becameOf(command, attempt, run),
      });
    }
  }
  if (first === undefined) throw new Error(`nothing was tried on ${suite}, ${arch}`);
  const version = (name: string) =>
    upstreamVersion(first.result.packages.find((found) => found.name === name)?.version ?? '');
  return {
    server: {
      ...{ suite, arch, config, unpacks, systemd: null },
      kernel: first.result.release ?? '',
      kexecTools: version('kexec-tools'),
    },
    qemu: first.qemu,
    cells,
  };
}

/** What a user types. `--no-checks` only saves time: it leaves out the digest that the purgatory compares. */
function withoutSpeedUp(command: string): string {
  return command.replace(' --no-checks', '');
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

/** What kexec-lab says of a console on which a load failed: the boot, the command, its words, and the prompt again. */
async function refused(command: string, attempt: Attempt, console: string): Promise<Cell['tried']> {
  const { exit, tool, kernel } = attempt;
  const boot = console.split('\n').filter((line) => !line.startsWith('truth: '));
  const prompt =
    boot.findLast((line) => /^\S+:~?[^ ]* ?# /.test(line))?.match(/^.*?# /)?.[0] ?? '# ';
  const untilLogin = boot.slice(0, boot.findIndex((line) => line.includes('login: root')) + 1);
  const log = [...untilLogin, `${prompt}${command}`, ...kernel, ...tool, prompt];
  const { outcome, meaning, cure } = await diagnose(log);
  return { as: 'refused', command, exit, tool, kernel, outcome, meaning, cure };
}

function becameOf(command: string, { tool, kernel }: Attempt, { result }: Boot): Cell['tried'] {
  const { outcome, generation, release, meaning, cure, evidence } = result;
  return {
    ...{ as: 'started', command, tool, kernel, generation, meaning, cure },
    outcome: outcome ?? result.verdict,
    release: outcome === 'booted' ? release : null,
    evidence: evidence.slice(0, 3).map(({ text }) => text),
  };
}
