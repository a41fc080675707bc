import { writeFile } from 'node:fs/promises';
import path, { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { digestOnce } from '../host/files.ts';
import { readInput } from '../host/user-file.ts';
import { firstIssue } from '../model/boot.ts';
import type { Qemu } from '../model/examination.ts';
import type { MachineProfile } from '../qemu/machine-profile.ts';
import type { MachineSpec } from '../qemu/machine-spec.ts';
import { machineProfileSchema } from '../qemu/machine-profile.ts';
import { diskBusSchema } from '../qemu/shape.ts';

/** The files of a recording in a case's directory, in addition to `console.raw`. */
export const recordingFiles = { manifest: 'recording.json', events: 'recording.rr' } as const;

const file = z.strictObject({
  /** Relative to the case's directory (`{case}/…`) or the image cache (`{cache}/…`), otherwise absolute. */
  path: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The machine at power-on, and QEMU: everything that a replay requires. */
export const manifestSchema = z.strictObject({
  schema: z.literal('kexec-lab/recording@1'),
  /** The case, as `run` names it. */
  case: z.string(),
  qemu: z.string().regex(/^\d+\.\d+\.\d+$/),
  startedAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
  profile: machineProfileSchema.safeExtend({ name: z.string() }),
  kernel: file.nullable(),
  initramfs: file.nullable(),
  cmdline: z.string(),
  disks: z
    .array(
      z.strictObject({
        // Both become part of an option of QEMU, in which a comma would begin another one.
        id: z.string().regex(/^[\w-]+$/),
        serial: z.string().regex(/^[\w-]*$/),
        readonly: z.boolean(),
        format: z.enum(['raw', 'qcow2']).optional(),
        bus: diskBusSchema.optional(),
        file,
      }),
    )
    .max(64),
  onReset: z.enum(['exit', 'reboot']),
  firmware: z.strictObject({ code: file, variables: file }).nullable(),
});

export type RecordingManifest = z.infer<typeof manifestSchema>;
export type RecordedFile = z.infer<typeof file>;

/** Bytes. */
const mostManifest = 2 ** 20;

type Recorded = { name: string; spec: MachineSpec; qemuVersion: string; startedAt: string };

/** Describes, in the case's directory, what must be present to replay its recording. */
async function writeManifest(
  directory: string,
  { name, spec, qemuVersion, startedAt }: Recorded,
): Promise<void> {
  const recorded = async (path: string): Promise<RecordedFile> => ({
    path: portablePath(path, directory),
    sha256: await digestOnce(path),
  });
  const manifest: RecordingManifest = {
    schema: 'kexec-lab/recording@1',
    case: name,
    qemu: qemuVersion,
    startedAt,
    profile: spec.profile,
    kernel: spec.kernel === null ? null : await recorded(spec.kernel),
    initramfs: spec.initramfs === null ? null : await recorded(spec.initramfs),
    cmdline: spec.cmdline,
    disks: await Promise.all(
      spec.disks.map(async (disk) => ({ ...disk, file: await recorded(disk.file) })),
    ),
    onReset: spec.onReset,
    firmware: spec.firmware && {
      code: await recorded(spec.firmware.code),
      variables: await recorded(spec.firmware.variables),
    },
  };
  const place = join(directory, recordingFiles.manifest);
  await writeFile(place, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** @throws UsageError if the directory contains no recording, or its description is invalid. */
export function readManifest(directory: string): RecordingManifest {
  const place = join(directory, recordingFiles.manifest);
  const hint = 'Name the directory of a case that was run with --record or --record-on-failure.';
  const text = readInput(place, mostManifest, { doing: 'read this recording', hint }).toString();
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? firstIssue(cause) : 'it is not JSON';
    throw new UsageError(`this is not a valid description of a recording: ${why}`, {
      place,
      hint,
      cause,
    });
  }
}

/**
 * A path in a form that lets a recording be moved, even to another machine with the same images: a path in the case's
 * directory begins with `{case}/`, a path in the image cache with `{cache}/`.
 */
export function portablePath(file: string, caseDirectory: string): string {
  for (const [name, root] of roots(caseDirectory)) {
    const relative = path.relative(root, file);
    if (!relative.startsWith('..') && !path.isAbsolute(relative)) return `${name}/${relative}`;
  }
  return file;
}

/** The path on this host, from the result of {@link portablePath}. */
export function localPath(portable: string, caseDirectory: string): string {
  for (const [name, root] of roots(caseDirectory)) {
    if (portable.startsWith(`${name}/`)) return path.join(root, portable.slice(name.length + 1));
  }
  return portable;
}

function roots(caseDirectory: string): [name: string, root: string][] {
  return [
    ['{case}', path.resolve(caseDirectory)],
    ['{cache}', cacheDirectory()],
  ];
}

/**
 * Whether QEMU can record a machine: `rr` supports one CPU, the network's traffic is not recorded, and with an NVMe disk QEMU
 * stops answering (seen on 7.2.22).
 */
export function canRecord({ cpus, network, disks }: MachineProfile): boolean {
  return cpus === 1 && !network && disks !== 'nvme';
}

/**
 * The same machine, set up to be recorded into `directory`. First writes the description that a replay requires.
 * @param name the case, as `run` names it
 */
export async function withRecording(
  spec: MachineSpec,
  name: string,
  qemu: Qemu,
  directory: string,
): Promise<MachineSpec> {
  const startedAt = new Date().toISOString().slice(0, 19);
  await writeManifest(directory, { name, spec, qemuVersion: qemu.version, startedAt });
  const file = join(directory, recordingFiles.events);
  return { ...spec, recording: { mode: 'record', file, startedAt } };
}
