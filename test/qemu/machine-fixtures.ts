import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { Arch } from '../../src/arch.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import type { MachineSpec } from '../../src/qemu/machine-spec.ts';
import { loadMachineProfile } from '../../src/qemu/machine-profile.ts';
import type { Machine } from '../../src/qemu/machine.ts';
import { startMachine } from '../../src/qemu/machine.ts';

export const fakeQemuDirectory = fileURLToPath(new URL('../fixtures/fake-qemu', import.meta.url));

/** A machine whose kernel file says `kernel`: bytes for a real QEMU, a play for the fake one. */
export function specFor(t: Test, arch: Arch, kernel: string): MachineSpec {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'kernel');
  writeFileSync(file, kernel);
  writeFileSync(join(directory, 'initramfs'), 'nothing');
  return {
    profile: loadMachineProfile(arch),
    time: 'sleep=off',
    kernel: file,
    initramfs: join(directory, 'initramfs'),
    cmdline: 'console=ttyAMA0',
    disks: [],
    onReset: 'exit',
    firmware: null,
    network: null,
    recording: null,
  };
}

/** What fake-qemu.mjs can be told to do; see its header. */
export type Play = Record<string, unknown>;

export async function startFake(
  t: Test,
  play: Play,
  options: {
    arch?: Arch;
    onReset?: MachineSpec['onReset'];
    signal?: AbortSignal;
    patience?: number;
  } = {},
): Promise<Machine> {
  // A busy host may keep even a willing QEMU waiting; one that is stubborn is not worth that.
  const patient =
    play['stubborn'] === true || play['mute'] === true || play['freezes'] !== undefined
      ? 200
      : 60_000;
  const { arch = 'aarch64', onReset = 'exit', signal, patience = patient } = options;
  const spec = { ...specFor(t, arch, JSON.stringify(play)), onReset };
  const machine = await startMachine(spec, await findQemu(arch, fakeQemuDirectory), {
    directory: temporaryDirectory(t),
    patience,
    ...(signal === undefined ? {} : { signal }),
  });
  t.teardown(() => machine.stop());
  return machine;
}

export function temporaryDirectory(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-test-'));
  t.teardown(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

export async function readConsole(machine: Machine): Promise<string> {
  const chunks = [];
  for await (const chunk of machine.console) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}
