import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../arch.ts';
import { cacheDirectory } from '../host/directories.ts';
import { diskUsage } from '../host/files.ts';
import { findRequirement } from '../host/install.ts';
import { toolEnvironment } from '../host/processes.ts';
import type { Requirement } from '../host/requirements.ts';
import { everyNeed, requirementsFor } from '../host/requirements.ts';
import type { IdleSkipping } from '../model/run.ts';
import type { QemuCandidate } from '../qemu/find-qemu.ts';
import { listQemus } from '../qemu/find-qemu.ts';
import { tryQemu } from '../qemu/trial/try-qemu.ts';

/** A requirement and what was found; `path` is null if it is missing, `version` if it is unknown. */
export type FoundRequirement = Omit<
  Requirement,
  'versionArguments' | 'need' | 'arch' | 'notForRoot'
> & {
  path: string | null;
  version: string | null;
};

/** A QEMU that was found. The one in use also has the result of the trial of idle skipping. */
export type ExaminedQemu = QemuCandidate & { idleSkipping?: IdleSkipping };

/** What is known about this host. */
export type HostReport = {
  requirements: FoundRequirement[];
  /** Every QEMU per architecture, newest first. The first is used unless it has a problem. */
  qemus: Record<Arch, ExaminedQemu[]>;
  cache: { directory: string; usedBytes: number; freeBytes: number };
};

/** Examines the host, and tries its QEMUs unless the cache has the results. Changes nothing. */
export async function examineHost(
  qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR'],
): Promise<HostReport> {
  const [found, [aarch64, arm], cache] = await Promise.all([
    Promise.all(requirementsFor(everyNeed, qemuDirectory).map(examineRequirement)),
    Promise.all([examineQemus('aarch64', qemuDirectory), examineQemus('arm', qemuDirectory)]),
    examineCache(cacheDirectory()),
  ]);
  return { requirements: found, qemus: { aarch64, arm }, cache };
}

async function examineQemus(arch: Arch, directory?: string): Promise<ExaminedQemu[]> {
  const [first, ...others] = await listQemus(arch, directory);
  if (first === undefined) return [];
  if ('problem' in first) return [first, ...others];
  // Only a run writes the result to the cache.
  const used = await tryQemu(first, arch, { cache: cacheDirectory(), remember: false });
  return [used, ...others];
}

async function examineRequirement(requirement: Requirement): Promise<FoundRequirement> {
  const { name, package: from, purpose, why, versionArguments } = requirement;
  const path = await findRequirement(requirement);
  const version = path === null ? null : await readVersion(path, versionArguments);
  return { name, package: from, purpose, why, path, version };
}

async function examineCache(directory: string): Promise<HostReport['cache']> {
  const place = await nearestExisting(directory);
  const { bavail, bsize } = await statfs(place);
  return { directory, usedBytes: await diskUsage(directory), freeBytes: bavail * bsize };
}

async function nearestExisting(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there ? path : nearestExisting(dirname(path));
}

/** The version that the command at `path` prints, such as `2.38.1`; null if it prints none, or cannot be started. */
export async function readVersion(
  path: string,
  versionArguments: string[],
): Promise<string | null> {
  if (versionArguments.length === 0) return null;
  const { all } = await execa(path, versionArguments, {
    env: toolEnvironment(),
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
  return /\d+(?:\.\d+)+|(?<=version )\d+/.exec(all)?.[0] ?? null;
}
