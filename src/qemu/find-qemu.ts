// Uses node:child_process and not execa: every run waits for this, and loading execa takes as long as running the program.
import type { ExecFileException } from 'node:child_process';
import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { UnavailableError } from '../errors.ts';
import { fileReason } from '../file-error.ts';
import { installLine } from '../host/requirements.ts';
import type { Qemu, UnusableQemu } from '../model/examination.ts';
import { toolEnvironment, toolPath } from '../host/processes.ts';
import { compareVersions } from '../text/versions.ts';

/** The oldest QEMU that the lab is tested with (Debian 12's). */
export const oldestQemu = '7.2.0';

/** A program with QEMU's name. */
type QemuCandidate = Qemu | UnusableQemu;

/**
 * The newest QEMU for `arch` on this machine, or only in `directory` if one is given
 * (default: the environment's KEXEC_LAB_QEMU_DIR).
 * @throws UnavailableError if there is none, or none that can be used.
 */
export async function findQemu(
  arch: Arch,
  directory = process.env['KEXEC_LAB_QEMU_DIR'],
): Promise<Qemu> {
  const candidates = await listQemus(arch, directory);
  const usable = candidates.find((candidate) => 'version' in candidate);
  if (usable !== undefined) return usable;
  const where = directory === undefined ? 'on this machine' : `in ${directory}`;
  const problems = candidates.map(
    (candidate) => `${candidate.binary}: ${'problem' in candidate ? candidate.problem : ''}`,
  );
  throw new UnavailableError(
    [`no usable ${architectures[arch].qemu} ${where}`, ...problems].join('; '),
    {
      hint:
        directory === undefined
          ? `Install it: ${installLine([{ package: 'qemu-system-arm' }])}`
          : 'Choose another directory with --qemu-dir or KEXEC_LAB_QEMU_DIR, or leave both out.',
    },
  );
}

/** All QEMUs for `arch`, the newest usable one first. */
export async function listQemus(arch: Arch, directory?: string): Promise<QemuCandidate[]> {
  const directories = directory === undefined ? usualDirectories() : [directory];
  const binaries = await Promise.all(
    directories.map((candidate) => executable(join(candidate, architectures[arch].qemu))),
  );
  const distinct = [...new Set(binaries.filter((binary) => binary !== undefined))];
  const candidates = await Promise.all(distinct.map(inspect));
  return candidates.sort((a, b) => compareVersions(versionOf(b), versionOf(a)));
}

function usualDirectories(): string[] {
  return [...toolPath().split(delimiter), '/usr/local/bin', '/usr/bin'];
}

/** The real path of an executable file, so that the same QEMU under two names counts once. */
async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}

async function inspect(binary: string): Promise<QemuCandidate> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['--version'], {
      env: toolEnvironment(),
      timeout: 10_000,
    });
    const version = parseQemuVersion(stdout);
    if (version === undefined) return { binary, problem: 'does not print its version' };
    if (compareVersions(version, oldestQemu) < 0) {
      return { binary, problem: `version ${version} is older than ${oldestQemu}` };
    }
    return { binary, version, accelerator: 'tcg', options: await dataOptions(binary) };
  } catch (error) {
    return { binary, problem: describeFailure(error as ExecFileException) };
  }
}

function describeFailure(error: ExecFileException): string {
  const { code, signal, killed, stderr = '' } = error;
  if (killed) return 'does not print its version within 10 seconds';
  if (typeof code === 'string') return `cannot be run: ${fileReason(error, error.path)}`;
  const end = code == null ? `was ended by ${String(signal)}` : `failed with exit code ${code}`;
  return [end, ...stderr.trim().split('\n').slice(0, 1)].filter(Boolean).join(': ');
}

/** `7.2.22` from `QEMU emulator version 7.2.22 (Debian …)`. */
export function parseQemuVersion(text: string): string | undefined {
  return /^QEMU emulator version (\d+\.\d+\.\d+)/m.exec(text)?.[1];
}

/** An unpacked QEMU looks for its data in the directories of its package; this option gives the real directory. */
async function dataOptions(binary: string): Promise<string[]> {
  const data = join(dirname(binary), '../share/qemu');
  try {
    await access(data);
    return data === '/usr/share/qemu' ? [] : ['-L', data];
  } catch {
    return [];
  }
}

function versionOf(candidate: QemuCandidate): string {
  return 'version' in candidate ? candidate.version : '0.0.0';
}
