import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { machineProfileSchema } from '../../src/qemu/machine-profile.ts';
import type { MachineProfile } from '../../src/qemu/machine-profile.ts';
import type { Catalogue } from '../../src/scenario/check.ts';

const recipes = {
  kernel: ['provider-kernel', 'old-kernel'],
  initramfs: ['provider-initramfs', 'provider-initramfs-bare'],
  disk: ['mini-disk'],
};

/** A machine of which only this matters. */
export function machine(known: Partial<MachineProfile> & Pick<MachineProfile, 'arch'>) {
  const usual = { machine: 'virt', cpu: 'max', cpus: 1, memory: 512, console: 'ttyAMA0' };
  return machineProfileSchema.parse({ ...usual, clock: 'guest', cmdline: '', ...known });
}

/** Names the scenarios of these tests may use. */
export const catalogue: Catalogue = {
  machines: new Map([
    ['aarch64', machine({ arch: 'aarch64', network: false, firmware: 'none' })],
    ['arm', machine({ arch: 'arm', network: false, firmware: 'none' })],
    ['scaleway-c1', machine({ arch: 'arm', network: true, firmware: 'none' })],
    ['vps-64', machine({ arch: 'aarch64', network: true, firmware: 'uefi' })],
    ['uefi-arm', machine({ arch: 'arm', network: false, firmware: 'uefi' })],
  ]),
  isRecipe: (name, kind) => recipes[kind].includes(name),
  secondKernelTrouble: (disk, { kernel }) =>
    disk === 'mini-disk' && kernel !== 'debian:' ? null : `not ${kernel} on ${disk}`,
  recipes: (kind) => recipes[kind],
};

/** The least a scenario file must say. */
export const least = `title: A title
story: A story.
arch: [aarch64, arm]
expect: { outcome: booted }
`;

/** Writes files into a directory of the test's own and returns that directory. */
export function writeFiles(t: Test, files: Record<string, string | Uint8Array>): string {
  const directory = t.testdir();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** What a user reads when `action` throws, with the test's own directory left out. */
export function refusal(directory: string, action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    const { describe } = error as { describe?: () => string };
    if (describe === undefined) throw error;
    return describe.call(error).replaceAll(`${directory}/`, '').split('\n');
  }
  return ['nothing was refused'];
}

/**
 * The same without the prose: `file:line:column`, the key and what is quoted, per problem. What a problem is called, and its
 * hint, are in the snapshots of test/cli/messages/list.test.ts.
 */
export function refusedAt(directory: string, action: () => unknown): string[] {
  return refusal(directory, action)
    .filter((line) => !line.startsWith('  '))
    .map(withoutProse);
}

/** `file:line:column`, the key and what is quoted, of one problem. */
export function withoutProse(line: string): string {
  const [, place, key, rest = ''] = problem.exec(line) ?? [];
  const names = [...rest.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  return place === undefined ? line : [place, key, ...names].filter(Boolean).join(' ');
}

const problem = /^(\S+?(?::\d+:\d+)?): (?:([a-z][\w.-]*): )?(.*)$/;
