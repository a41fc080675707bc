import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ScenarioError, UnavailableError } from '../errors.ts';
import { hostFileError } from '../file-error.ts';
import { digestOnce } from '../host/files.ts';
import type { Firmware } from '../host/requirements.ts';
import { findFirmware } from '../host/requirements.ts';
import { checkInput, readInput } from '../host/user-file.ts';
import type { Qemu } from '../model/examination.ts';
import { listQemus } from '../qemu/find-qemu.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import type { Shape } from '../qemu/shape.ts';
import { loadMachineProfile } from '../qemu/machine-profile.ts';
import { shapeSchema } from '../qemu/shape.ts';
import type { RecordedFile, RecordingManifest } from './manifest.ts';
import { readManifest, recordingFiles, localPath } from './manifest.ts';

/** A recording that can be replayed here: all files it needs are present and unchanged. */
type LoadedRecording = {
  /** The case, as `run` names it. */
  name: string;
  /** The same machine, set up to replay. */
  spec: MachineSpec;
  qemu: Qemu;
  /** Its recorded console. */
  console: Buffer;
};

/**
 * Finds the files that a recording needs, and checks that they are unchanged.
 * @param directory the directory of the recorded case
 * @throws UsageError if it contains no complete recording; UnavailableError if a file or QEMU is missing or has changed.
 */
export async function loadRecording(directory: string, qemuDir?: string): Promise<LoadedRecording> {
  const manifest = readManifest(directory);
  const qemu = await sameQemu(manifest, qemuDir);
  const here = (recorded: RecordedFile): Promise<string> => sameFile(recorded, directory);
  const events = join(directory, recordingFiles.events);
  const spec: MachineSpec = {
    profile: sameProfile(manifest.profile),
    time: 'sleep=on',
    kernel: manifest.kernel && (await here(manifest.kernel)),
    initramfs: manifest.initramfs && (await here(manifest.initramfs)),
    cmdline: manifest.cmdline,
    disks: await Promise.all(
      manifest.disks.map(async (disk) => ({ ...disk, file: await here(disk.file) })),
    ),
    onReset: manifest.onReset,
    firmware: await sameFirmware(manifest, qemu),
    network: null,
    recording: { mode: 'replay', file: events, startedAt: manifest.startedAt },
  };
  const hint = 'The recording is incomplete. Record the case again.';
  checkInput(events, Infinity, { hint });
  const console = readInput(join(directory, 'console.raw'), mostConsole, { hint });
  return { name: manifest.case, spec, qemu, console };
}

/** More than the console output of any boot. Bytes. */
const mostConsole = 256 * 2 ** 20;

/** A recording depends on the internals of QEMU, so only the same version can replay it. */
async function sameQemu(
  { qemu: version, profile: { arch } }: RecordingManifest,
  directory: string | undefined = process.env['KEXEC_LAB_QEMU_DIR'],
): Promise<Qemu> {
  const found = (await listQemus(arch, directory)).filter((one): one is Qemu => 'version' in one);
  const same = found.find((one) => one.version === version);
  if (same !== undefined) return same;
  const others = found.map((one) => one.version).join(', ') || 'none';
  throw new UnavailableError(
    `this was recorded with QEMU ${version}, and only the same version can replay it; found: ${others}`,
    { hint: 'Name the directory of that QEMU with --qemu-dir, or record the case again.' },
  );
}

/**
 * The recorded machine, if this kexec-lab has the same one. A recording may come from anybody, so that only what a profile of
 * this host says, and the shape, gets into the command line of QEMU.
 */
function sameProfile(recorded: MachineProfile): MachineProfile {
  const changed = new UnavailableError(
    `the machine "${recorded.name}" has changed since the recording`,
    { hint: 'Record the case again, or replay it with the version of kexec-lab that recorded it.' },
  );
  // A machine in another shape is named `aarch64 gic=3 cpus=4`.
  const [, machine = '', words = ''] = /^(.*?)((?: \w+=\S*)*)$/s.exec(recorded.name) ?? [];
  const keys = words.split(' ').map((word) => word.replace(/=.*/, ''));
  const values = Object.entries(recorded).filter(([key]) => keys.includes(key));
  const shape = shapeSchema.partial().safeParse(Object.fromEntries(values));
  if (!shape.success) throw changed;
  try {
    const now = loadMachineProfile(machine, inOrder(shape.data, keys));
    if (isDeepStrictEqual(now, recorded)) return recorded;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
  }
  throw changed;
}

/** The order of a shape's keys is that of its name. */
function inOrder(shape: Shape, keys: readonly string[]): Shape {
  const at = ([key]: [string, unknown]) => keys.indexOf(key);
  return Object.fromEntries(Object.entries(shape).sort((a, b) => at(a) - at(b)));
}

async function sameFirmware(
  { firmware, profile }: RecordingManifest,
  qemu: Qemu,
): Promise<Firmware | null> {
  if (firmware === null || profile.firmware === 'none') return null;
  const found = findFirmware(profile.arch, dirname(qemu.binary), profile.firmware);
  await compare(found.code, firmware.code);
  await compare(found.variables, firmware.variables);
  return found;
}

async function sameFile(recorded: RecordedFile, directory: string): Promise<string> {
  const file = localPath(recorded.path, directory);
  await compare(file, recorded);
  return file;
}

/** @throws UnavailableError unless `file` has the recorded content */
async function compare(file: string, { sha256 }: RecordedFile): Promise<void> {
  const digest = await digestOnce(file).catch((cause: unknown) => {
    throw hostFileError(cause, {
      place: file,
      doing: 'read a file that the recording needs',
      hint: 'For an image, run `kexec-lab images build`. Otherwise record the case again.',
    });
  });
  if (digest === sha256) return;
  throw new UnavailableError('has changed since the recording', {
    place: file,
    hint: 'Restore the old file, or record the case again.',
  });
}
