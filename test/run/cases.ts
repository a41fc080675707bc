import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Expectation } from '../../src/model/result.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import type { Lab } from '../../src/run/run-case.ts';
import type { Case, Limits, Setup } from '../../src/scenario/scenario.ts';
import type { Step } from '../../src/scenario/step.ts';
import type { Play } from '../qemu/machine-fixtures.ts';
import { fakeQemuDirectory, temporaryDirectory } from '../qemu/machine-fixtures.ts';

type Wishes = {
  setup?: Partial<Setup>;
  steps?: Step[];
  expect?: Partial<Expectation>;
  limits?: Partial<Limits>;
};

/** A case that asks for a kexec and expects it to arrive, unless told otherwise. */
export function caseOf(
  { setup, steps = [], expect, limits }: Wishes = {},
  name = 'a-scenario',
): Case {
  return {
    id: `aarch64/${name}`,
    scenario: {
      name,
      title: 'a scenario',
      story: '',
      file: `${name}.yaml`,
      labels: [],
      arches: ['aarch64'],
      perArch: {},
    },
    arch: 'aarch64',
    setup: {
      machine: 'aarch64',
      kernel: 'provider-kernel',
      initramfs: 'provider-initramfs',
      disk: null,
      storage: 'virtio',
      readOnly: false,
      metadata: {},
      cmdline: 'root=/dev/vda',
      tags: { KEXEC_KERNEL: '/vmlinuz' },
      onReset: 'exit',
      ...setup,
    },
    steps,
    expect: { outcome: 'booted', ...expect },
    limits: { total: 300, silence: 60, ...limits },
    repeat: 1,
  };
}

/** A lab whose QEMU is the fake one, playing `play`. */
export function fakeLab(t: Test, play: Play): Lab {
  const directory = temporaryDirectory(t);
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  return {
    qemu: async (arch) => ({
      ...(await findQemu(arch, fakeQemuDirectory)),
      idleSkipping: { time: 'sleep=off', certainty: 'assumed', detail: 'this is a test' },
    }),
    checkpoints: null,
    images: () =>
      Promise.resolve({
        kernel: file('kernel', JSON.stringify(play)),
        initramfs: file('initramfs', ''),
        disk: null,
        releases: { first: '6.1.0-old', second: '6.12.0-new' },
        packages: [],
        keys: {},
      }),
  };
}

/** A console on which everything goes well, as the recipes' images print it. */
export const goodBoot = [
  '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]',
  '[    0.000000] Linux version 6.1.0-old (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14)) #1 SMP',
  '[    3.000000] Run /init as init process',
  ">>> kexec: kernel=/vmlinuz initrd=/initrd.img append='root=/dev/vda1'",
  '[    4.000000] kexec_core: Starting new kernel',
  '[    4.000100] Bye!',
  '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]',
  '[    0.000000] Linux version 6.12.0-new (debian-kernel@lists.debian.org) (gcc-14 (Debian 14.2.0-19)) #1 SMP',
  '[    3.000000] Run /init as init process',
  'kexec-lab: release=6.12.0-new',
  'kexec-lab: root=/dev/vda1',
  'kexec-lab: cmdline=console=ttyAMA0 root=/dev/vda is_in_kexec=yes root=/dev/vda1',
  '',
  'kexec-lab login: ',
].join('\r\n');

/** The same console up to and with the last line that contains `text`. */
export function goodBootUntil(text: string): string {
  const end = goodBoot.indexOf('\n', goodBoot.indexOf(text)) + 1;
  return goodBoot.slice(0, end);
}
