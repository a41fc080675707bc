import { basename } from 'node:path';
import type { Arch } from '../arch.ts';
import { arches } from '../arch.ts';
import type { FoundRequirement, HostReport } from '../host/examine-host.ts';
import type { Purpose } from '../host/requirements.ts';
import type { QemuCandidate } from '../qemu/find-qemu.ts';
import type { IdleSkipping } from '../qemu/guest-time.ts';
import { describeIdleSkipping } from '../qemu/guest-time.ts';
import { printable } from '../report/printable.ts';
import type { Style } from '../report/style.ts';
const sections: Record<Purpose, string> = {
  boot: 'To boot machines',
  images: 'To build their images',
};

/** The report as a person reads it: a mark, a name, a version and a place per line, in columns. */
export function hostReportText(report: HostReport, style: Style): string {
  const tools = Object.entries(sections).flatMap(([purpose, title]) => [
    style.bold(title),
    ...columns(
      report.requirements
        .filter((requirement) => requirement.purpose === purpose)
        .map((requirement) => requirementCells(requirement, style)),
    ),
    '',
  ]);
  const qemus = arches.flatMap((arch) => {
    const candidates = report.qemus[arch];
    return candidates.length === 0
      ? [[style.red('✗'), arch, 'none', '']]
      : candidates.map((candidate, index) => qemuCells(arch, candidate, index === 0, style));
  });
  const skipping = arches.flatMap((arch) => {
    const { idleSkipping } = report.qemus[arch][0] ?? {};
    return idleSkipping === undefined ? [] : [idleSkippingLine(arch, idleSkipping, style)];
  });
  const { directory, usedBytes, freeBytes } = report.cache;
  return [
    ...tools,
    style.bold('QEMU, the newest first; the one marked is used'),
    ...columns(qemus),
    ...skipping,
    style.dim('  All run by emulation (tcg), so that a boot is the same on every host.'),
    '',
    style.bold('Images'),
    `  ${printable(directory)}: ${gibibytes(usedBytes)} used, ${gibibytes(freeBytes)} free`,
    '',
  ].join('\n');
}

function requirementCells(found: FoundRequirement, style: Style): string[] {
  const { path, version, why } = found;
  const name = basename(found.name);
  return path === null
    ? [style.red('✗'), name, 'missing', `package ${found.package}: ${why}`]
    : [style.green('✓'), name, version ?? 'found', style.dim(why)];
}

function qemuCells(
  arch: string,
  candidate: QemuCandidate,
  isFirst: boolean,
  style: Style,
): string[] {
  if ('problem' in candidate) {
    return [style.red('✗'), arch, '', printable(`${candidate.binary}: ${candidate.problem}`)];
  }
  return [isFirst ? style.green('✓') : ' ', arch, candidate.version, printable(candidate.binary)];
}

function idleSkippingLine(arch: Arch, found: IdleSkipping, style: Style): string {
  const fine = found.certainty === 'proved' && found.time === 'sleep=off';
  const line = `    ${arch}: idle skipping: ${printable(describeIdleSkipping(found))}`;
  return fine ? style.dim(line) : style.yellow(line);
}

/** Lines of cells, each as wide as the widest of its column; the mark in front may carry colour. */
function columns(rows: string[][]): string[] {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map(([mark = '', name = '', version = '', rest = '']) =>
    `  ${mark} ${name.padEnd(width(1))}  ${version.padEnd(width(2))}  ${rest}`.trimEnd(),
  );
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
