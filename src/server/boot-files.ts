/**
 * Turns a captured server into files that the lab boots like anyone's own: a scenario, the recipe of its disk, and overlays
 * with what was captured. They can be read, changed and run again.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { CapturedFile } from '../model/server.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { commandsFor } from './boot-loader.ts';
import type { BootPlan } from './boot-plan.ts';
import { planBoot } from './boot-plan.ts';
import { isMade } from './disk-plan.ts';
import { putKexec, putLoader } from './loader-files.ts';
import type { RootArchive } from './root-archive.ts';
import type { Server } from './server.ts';
import { mergedPath, placeIn, put, write } from './written-files.ts';

/** What a system of the lab gets of the server besides its kernels: settings, units and scripts of the boot and of kexec. */
const settings =
  /^\/(?:boot\.sh$|etc\/(?:default\/(?:kexec|grub)|kernel\/|init\.d\/|rc\.local$|local\.d\/|systemd\/system\/|initramfs-tools\/|modules$|modules-load\.d\/|modprobe\.d\/)|usr\/local\/|(?:usr\/)?lib\/systemd\/system\/)/;

export type BootFiles = {
  /** The scenario file. */
  scenario: string;
  plan: BootPlan;
};

type BootFilesOptions = {
  /** Empty. */
  directory: string;
  /** Of the scenario. */
  name: string;
  /** The server file, for messages. */
  place: string;
  /** The server's real root file system. Default: a Debian of the lab stands in. */
  archive?: RootArchive | null;
};

/**
 * Writes the files into a directory.
 * @throws UsageError if the lab cannot make this server
 */
export async function writeBootFiles(
  server: Server,
  { directory, name, place, archive = null }: BootFilesOptions,
): Promise<BootFiles> {
  const plan = planBoot(server, place, archive);
  const overlays = {
    settings: path.join(directory, 'settings'),
    kernels: path.join(directory, 'kernels'),
  };
  // The real root file system has the settings, and with their secrets. A candidate's initrd is made by a Debian of the lab.
  const ofSystem = archive === null ? overlays.settings : path.join(directory, systemSettings);
  await mkdir(ofSystem);
  for (const file of server.captured.files().filter(({ path }) => settings.test(path)))
    await put(server, file, placeIn(ofSystem, file.path));
  await write(placeIn(overlays.settings, '/etc/fstab'), fstabOf(server));
  for (const file of kernelFiles(server))
    await put(server, file, placeIn(overlays.kernels, file.path));
  if (plan.kexecProgram !== null) await putKexec(server, plan.kexecProgram, overlays);
  if (plan.loader !== null) await putLoader(server, plan.loader, overlays);

  const { firstKernel, firstIsUpdated } = plan;
  if (firstKernel !== null && !firstIsUpdated) {
    await put(server, firstKernel.kernel, path.join(directory, 'first-kernel'));
    const { initrd } = firstKernel;
    if (initrd !== null) await put(server, initrd, path.join(directory, 'first-initrd'));
  }
  await write(path.join(directory, 'machine.yaml'), stringify(machineOf(server, plan)));
  if (!isUsual(plan)) await write(path.join(directory, 'system.yaml'), stringify(systemOf(plan)));
  await write(path.join(directory, 'disk.yaml'), stringify(diskRecipe(server, plan)));
  const scenario = path.join(directory, `${name}.yaml`);
  await write(scenario, stringify(scenarioOf(server, plan, place), { lineWidth: 120 }));
  return { scenario, plan };
}

function kernelFiles({ captured, kernels }: Server): CapturedFile[] {
  const releases = kernels.map(({ release }) => release);
  const ofModules = (file: string) =>
    releases.some((release) => file.includes(`/lib/modules/${release}/`));
  return captured.files().filter(({ path }) => /^\/boot\/[^/]+$/.test(path) || ofModules(path));
}

/** Lines of file systems that the disk does not have would stop the boot, so they become comments. */
function fstabOf({ captured, disk: { partitions, volumes } }: Server): string {
  const text = captured.read('/etc/fstab') ?? '';
  const lines = text.split('\n').map((line) => {
    const [source = '', place = '', filesystem] = line.trim().split(/\s+/);
    if (source.startsWith('#') || filesystem === undefined) return line;
    return isMade(source, place, [...partitions, ...volumes])
      ? line
      : `# not made by kexec-lab: ${line}`;
  });
  return lines.join('\n');
}

/** The lab's recipe of a system, and the suite that it is made of. */
const usualSystem = 'debian-system';
const usualSuite = 'bookworm';

/** The captured settings as an overlay of the system, where the disk does not need them. */
const systemSettings = 'system-settings';

/** Whether the lab's own system will do. */
function isUsual({ suite, packages, archive }: BootPlan): boolean {
  return suite === usualSuite && packages.length === 0 && archive === null;
}

function systemOf({ suite, packages, archive }: BootPlan): object {
  const overlays = archive === null ? [] : [systemSettings];
  return { kind: 'system', extends: usualSystem, suites: [suite], packages, overlays };
}

function diskRecipe(server: Server, plan: BootPlan): object {
  const { archive } = plan;
  const { list } = plan.disk;
  const { defaultKernel } = server;
  const links: Record<string, string[]> = {};
  for (const { path: link, target } of server.captured.links()) {
    if (!settings.test(link) && !/^\/(vmlinuz|initrd\.img)(\.old)?$|^\/boot\/[^/]+$/.test(link))
      continue;
    const place = mergedPath(link);
    links[target] = [...(links[target] ?? []), place];
  }
  return {
    kind: 'disk',
    system: isUsual(plan) ? usualSystem : 'system.yaml',
    ...(archive !== null && { root: rootOf(archive) }),
    size: list.reduce((sum, { size }) => sum + size, 2),
    partitions: plan.disk,
    overlays: ['settings'],
    kernels: {
      directory: 'kernels',
      release: defaultKernel.release,
      kernel: defaultKernel.kernel.path.slice(1),
      initrd: defaultKernel.initrd?.path.slice(1) ?? '',
      ...(plan.loader !== null && { update: commandsFor(plan.loader) }),
    },
    links,
  };
}

function rootOf({ file, sha256, compression }: RootArchive): object {
  return { file, sha256, compression };
}

/** The first kernel: the provider's, the one on the disk, or a captured one, which a candidate does not replace. */
function firstFiles({ firstKernel, firstIsUpdated, loader, network }: BootPlan): object {
  if (network !== null) return { kernel: 'provider-kernel', ...network };
  if (loader !== null) return { kernel: null };
  if (firstKernel === null) return { kernel: 'provider-kernel', initramfs: 'provider-initramfs' };
  if (firstIsUpdated)
    return { kernel: { recipe: 'disk.yaml' }, initramfs: { recipe: 'disk.yaml' } };
  const initramfs = firstKernel.initrd === null ? null : { file: 'first-initrd' };
  return { kernel: { file: 'first-kernel' }, initramfs };
}

/** A profile of its own, because those of the lab add to the command line. */
function machineOf({ arch }: Server, { shape, network }: BootPlan): object {
  const { machine, cpu, clock, console } = loadMachineProfile(arch);
  const base = { arch, machine, cpu, clock, console, ...shape, cmdline: `console=${console}` };
  return network === null ? base : { ...base, clock: 'host', network: true };
}

function scenarioOf(server: Server, plan: BootPlan, place: string): object {
  const { cmdline, expect, steps, likeness } = plan;
  const { distribution, captured, arch } = server;
  return {
    title: `${path.basename(place)}: ${distribution.name}, as captured`.slice(0, 100),
    story: `Captured on ${captured.manifest.capturedOn}. The lab boots it as the server boots; the key server compares the two.\n`,
    labels: ['server'],
    arch: [arch],
    server: { likeness },
    boot: {
      machine: { file: 'machine.yaml' },
      ...firstFiles(plan),
      disk: { recipe: 'disk.yaml' },
      ...(plan.loader === null && plan.network === null && { cmdline }),
    },
    // The release is that of the kernel on the disk, also with a candidate.
    ...(steps.length > 0 && { steps }),
    expect: { ...expect, proof: 'system' },
    limits: { total: 1200, silence: 300 },
  };
}
