import { stat, statfs } from 'node:fs/promises';
import { dirname, basename, resolve } from 'node:path';
import { Command } from 'commander';
import { execa } from 'execa';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import { exitCodes } from '../errors.ts';
import { cacheDirectory, ownVersion } from '../host/directories.ts';
import { diskUsage } from '../host/files.ts';
import { findRequirement, ensureRequirements } from '../host/install.ts';
import { toolEnvironment } from '../host/processes.ts';
import type { Requirement } from '../host/requirements.ts';
import { everyNeed, requirementsFor, installLine } from '../host/requirements.ts';
import type { DoctorDocument } from '../model/examination.ts';
import type { IdleSkipping } from '../model/run.ts';
import type { RequirementPurpose } from '../model/vocabulary.ts';
import { describeIdleSkipping } from '../qemu/arguments.ts';
import { listQemus, oldestQemu } from '../qemu/find-qemu.ts';
import { tryQemu } from '../qemu/trial/try-qemu.ts';
import { printable, printableJson } from '../report/printable.ts';
import { standardOutput } from '../report/reporter.ts';
import type { Style } from '../report/style.ts';
import { createStyle } from '../report/style.ts';
import { qemuDirOption } from './options.ts';

type DoctorOptions = { json?: boolean; withDeps?: boolean; qemuDir?: string };

/** `kexec-lab doctor`: shows what the lab needs on this host, and what is installed. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what is installed, what is missing, and which QEMU is used')
    .option('--json', 'print JSON')
    .option('--with-deps', 'install missing system packages with apt')
    .addOption(qemuDirOption())
    .addHelpText('after', helpText)
    .action(doctor);
}

const helpText = `
Examples:
  kexec-lab doctor
  kexec-lab doctor --with-deps
  kexec-lab doctor --json

Exit codes:
  0  the lab can run here
  5  something is missing, or no QEMU can be used`;

async function doctor(
  { json, withDeps = false, qemuDir }: DoctorOptions,
  command: Command,
): Promise<void> {
  const { config: file } = command.optsWithGlobals<{ config?: string | false }>();
  const config = file ? resolve(file) : null;
  if (withDeps) await ensureRequirements(requirementsFor(everyNeed, qemuDir), withDeps);
  const report = await examineHost(qemuDir);
  const missing = report.requirements.filter(({ path }) => path === null);
  const install = missing.length === 0 ? null : installLine(missing);
  const withoutQemu = arches.filter((arch) => !isUsable(report.qemus[arch]));
  const able = install === null && withoutQemu.length === 0;
  const output = standardOutput();
  if (json) {
    const versions = { kexecLab: ownVersion(), node: process.version };
    const document: DoctorDocument = {
      ...{ schema: 'kexec-lab/doctor@1', able, ...versions, config },
      ...{ ...report, install },
    };
    output.write(`${printableJson(document)}\n`);
  } else {
    const style = createStyle(output);
    output.write(`kexec-lab ${ownVersion()}, Node.js ${process.versions.node}\n\n`);
    output.write(hostReportText(report, style));
    output.write(`\n${style.bold('Configuration file')}\n  ${printable(config ?? 'none')}\n`);
    output.write(`\n${conclusion(install, withoutQemu, style)}\n`);
  }
  process.exitCode = able ? exitCodes.ok : exitCodes.unavailable;
}

function isUsable(candidates: ExaminedQemu[]): boolean {
  return candidates.some((candidate) => 'version' in candidate);
}

function conclusion(install: string | null, withoutQemu: string[], style: Style): string {
  const missing: string[] = [];
  // Installing packages can add a QEMU, except where --qemu-dir names the only ones to use.
  if (withoutQemu.length > 0)
    missing.push(
      ...style.wrap(
        `No usable QEMU for ${withoutQemu.join(' and ')}: QEMU ${oldestQemu} or newer is required.`,
      ),
    );
  if (install !== null)
    missing.push(
      ...style.wrap('Something is missing. kexec-lab doctor --with-deps runs this:'),
      ...style.wrapCommand(install),
    );
  return missing.length === 0 ? 'Nothing is missing.' : missing.join('\n');
}

const sections: Record<RequirementPurpose, string> = {
  boot: 'To boot machines',
  images: 'To build images',
};

/** The report as a person reads it: a mark with a name, a version and a place per line, in columns. */
function hostReportText(report: HostReport, style: Style): string {
  const tools = Object.entries(sections).flatMap(([purpose, title]) => [
    style.bold(title),
    ...style.table(
      report.requirements
        .filter((requirement) => requirement.purpose === purpose)
        .map((requirement) => requirementCells(requirement, style)),
      2,
    ),
    '',
  ]);
  const qemus = arches.flatMap((arch) => {
    const candidates = report.qemus[arch];
    return candidates.length === 0
      ? [[markedName('✗', arch, style), 'none', '']]
      : candidates.map((candidate, index) => qemuCells(arch, candidate, index === 0, style));
  });
  const skipping = arches.flatMap((arch) => {
    const [used] = report.qemus[arch];
    if (used === undefined || !('idleSkipping' in used) || !used.idleSkipping) return [];
    return idleSkippingRows(arch, used.idleSkipping, style);
  });
  const { directory, usedBytes, freeBytes } = report.cache;
  return [
    ...tools,
    style.bold('QEMU (newest first; the marked one is used)'),
    ...style.table(qemus, 2),
    ...skipping,
    ...style.wrap(
      style.dim('  Machines are always emulated (tcg), so that a boot is the same on every host.'),
      2,
    ),
    '',
    style.bold('Images'),
    ...style.wrap(
      `  ${printable(directory)}: ${gibibytes(usedBytes)} used, ${gibibytes(freeBytes)} free`,
      4,
    ),
    '',
  ].join('\n');
}

function requirementCells(found: FoundRequirement, style: Style): string[] {
  const { path, version, why } = found;
  const name = basename(found.name);
  return path === null
    ? [markedName('✗', name, style), 'missing', `package ${found.package}: ${why}`]
    : [markedName('✓', name, style), version ?? 'found', style.dim(why)];
}

function markedName(mark: '✓' | '✗' | ' ', name: string, style: Style): string {
  const paint = mark === '✗' ? style.red : style.green;
  return `${paint(style.mark(mark))} ${name}`;
}

function qemuCells(
  arch: string,
  candidate: ExaminedQemu,
  isFirst: boolean,
  style: Style,
): string[] {
  if ('problem' in candidate) {
    return [
      markedName('✗', arch, style),
      '',
      printable(`${candidate.binary}: ${candidate.problem}`),
    ];
  }
  const mark = isFirst ? '✓' : ' ';
  return [markedName(mark, arch, style), candidate.version, printable(candidate.binary)];
}

function idleSkippingRows(arch: Arch, found: IdleSkipping, style: Style): string[] {
  const fine = found.certainty === 'proved' && found.time === 'sleep=off';
  const line = `    ${arch}: idle skipping: ${printable(describeIdleSkipping(found))}`;
  return style.wrap(fine ? style.dim(line) : style.yellow(line), 6);
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** What is known about this host. */
type HostReport = Pick<DoctorDocument, 'requirements' | 'qemus' | 'cache'>;
type FoundRequirement = HostReport['requirements'][number];
type ExaminedQemu = HostReport['qemus'][Arch][number];

/** Examines the host, and tries its QEMUs unless the cache has the results. Changes nothing. */
async function examineHost(qemuDirectory = process.env['KEXEC_LAB_QEMU_DIR']): Promise<HostReport> {
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
