import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import path from 'node:path';
import * as z from 'zod';
import { UsageError } from '../errors.ts';
import { cacheDirectory } from '../host/directories.ts';
import { digestOnce } from '../host/files.ts';
import { readInput } from '../host/user-file.ts';
import { firstIssue } from '../model/primitives.ts';
import type { Qemu } from '../qemu/find-qemu.ts';
import type { MachineProfile, MachineSpec } from '../qemu/machine-spec.ts';
import { machineProfileSchema } from '../qemu/machine-spec.ts';

/** What a case's directory holds of its recording, beside `console.raw`. */
export const recordingFiles = { manifest: 'recording.json', events: 'recording.rr' } as const;

const file = z.strictObject({
  /** Relative to the case's directory (`{case}/…`) or the image cache (`{cache}/…`), otherwise absolute. */
  path: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The machine as it was at power-on, and QEMU: without any of it the recording cannot be played. */
export const manifestSchema = z.strictObject({
  schema: z.literal('kexec-lab/recording@1'),
  /** The case, as `run` names it. */
  case: z.string(),
  qemu: z.string().regex(/^\d+\.\d+\.\d+$/),
  startedAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
  profile: machineProfileSchema.extend({ name: z.string() }),
  kernel: file.nullable(),
  initramfs: file.nullable(),
  cmdline: z.string(),
  disks: z
    .array(
      z.strictObject({
        // Both become part of an option of QEMU's, in which a comma would begin another.
        id: z.string().regex(/^[\w-]+$/),
        serial: z.string().regex(/^[\w-]*$/),
        readonly: z.boolean(),
        format: z.enum(['raw', 'qcow2']).optional(),
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

/** @throws UsageError where the directory holds no recording, or its description is not one. */
export function readManifest(directory: string): RecordingManifest {
  const place = join(directory, recordingFiles.manifest);
  const hint = 'Name the directory of a case that was run with --record or --record-on-failure.';
  const text = readInput(place, mostManifest, { doing: 'read this recording', hint }).toString();
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? firstIssue(cause) : 'it is not JSON';
    throw new UsageError(`this is not a recording's description: ${why}`, { place, hint, cause });
  }
}

/**
 * A path as it is written down, so that a recording can be moved, also to another machine with the same images: what is
 * in the case's directory begins with `{case}/`, what is in the image cache with `{cache}/`.
 */
export function portablePath(file: string, caseDirectory: string): string {
  for (const [name, root] of roots(caseDirectory)) {
    const relative = path.relative(root, file);
    if (!relative.startsWith('..') && !path.isAbsolute(relative)) return `${name}/${relative}`;
  }
  return file;
}

/** The path on this host for the result of {@link portablePath}. */
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

/** Whether QEMU can record a machine: `rr` supports one CPU, and the network's traffic is not recorded. */
export function canRecord({ cpus, network }: MachineProfile): boolean {
  return cpus === 1 && !network;
}

/**
 * The same machine, recorded into `directory`, where what is needed to play it is written down first.
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
