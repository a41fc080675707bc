import { Command } from 'commander';
import { arches } from '../arch.ts';
import { exitCodes } from '../errors.ts';
import { ensureRequirements } from '../host/ensure-requirements.ts';
import { examineHost } from '../host/examine-host.ts';
import { installLine } from '../host/install-line.ts';
import { ownVersion } from '../host/own-directory.ts';
import { everyNeed, requirementsFor } from '../host/requirements.ts';
import type { QemuCandidate } from '../qemu/find-qemu.ts';
import { oldestQemu } from '../qemu/find-qemu.ts';
import { standardOutput } from '../report/output.ts';
import { printableJson } from '../report/printable.ts';
import { createStyle } from '../report/style.ts';
import { hostReportText } from './doctor-text.ts';

type DoctorOptions = { json?: boolean; withDeps?: boolean; qemuDir?: string };

/** `kexec-lab doctor`: what the lab needs of this host, and what it has. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what is installed, what is missing, and which QEMU is used')
    .option('--json', 'as JSON')
    .option('--with-deps', 'install the system packages that are missing, with apt')
    .option('--qemu-dir <directory>', 'use the QEMUs of this directory only')
    .addHelpText('after', helpText)
    .action(doctor);
}

const helpText = `
Examples:
  kexec-lab doctor
  kexec-lab doctor --with-deps
  kexec-lab doctor --json

Exit codes:
  0  the lab can run here       5  something is missing`;

async function doctor({ json, withDeps = false, qemuDir }: DoctorOptions): Promise<void> {
  if (withDeps) await ensureRequirements(requirementsFor(everyNeed, qemuDir), withDeps);
  const report = await examineHost(qemuDir);
  const missing = report.requirements.filter(({ path }) => path === null);
  const install = missing.length === 0 ? null : installLine(missing);
  const withoutQemu = arches.filter((arch) => !isUsable(report.qemus[arch]));
  const able = install === null && withoutQemu.length === 0;
  const output = standardOutput();
  if (json) {
    const schema = 'kexec-lab/doctor@1';
    const versions = { kexecLab: ownVersion(), node: process.version };
    output.write(`${printableJson({ schema, able, ...versions, ...report, install })}\n`);
  } else {
    output.write(`kexec-lab ${ownVersion()}, Node.js ${process.versions.node}\n\n`);
    output.write(hostReportText(report, createStyle(output.color)));
    output.write(`\n${conclusion(install, withoutQemu)}\n`);
  }
  process.exitCode = able ? exitCodes.ok : exitCodes.unavailable;
}

function isUsable(candidates: QemuCandidate[]): boolean {
  return candidates.some((candidate) => 'version' in candidate);
}

function conclusion(install: string | null, withoutQemu: string[]): string {
  const missing: string[] = [];
  // What is to be installed may be a QEMU; one chosen by hand it cannot cure.
  if (withoutQemu.length > 0)
    missing.push(
      `No usable QEMU for ${withoutQemu.join(' and ')}: it takes ${oldestQemu} or newer.`,
    );
  if (install !== null)
    missing.push(`Something is missing. kexec-lab doctor --with-deps runs this:\n${install}`);
  return missing.length === 0 ? 'Nothing is missing.' : missing.join('\n');
}
