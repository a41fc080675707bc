/** A captured server in words. */
import { sizeInWords } from '../host/user-file.ts';
import type { LackReason } from '../model/server.ts';
import type { BlockDevice } from './parse.ts';
import type { Server } from './server.ts';

/** Why something is missing in a capture. */
export const lackWords: Record<LackReason, string> = {
  unreadable: 'only root can read it',
  larger: 'larger than 512 MiB',
  'odd-name': 'left out, because its name has control characters',
  unexamined: 'left out, because it may have secrets that could not be found',
};

/** Rows of a label and a text. */
export function describeServer(server: Server): [label: string, text: string][] {
  const { arch, distribution, running, kernels, defaultKernel, disk, root, kexec, machine } =
    server;
  const { manifest } = server.captured;
  const who = manifest.asRoot ? 'root' : 'an ordinary user';
  const kernelText = kernels
    .map(({ release, kernel, initrd }) => {
      const marks = [
        ...(release === running?.release ? ['running'] : []),
        ...(release === defaultKernel.release ? ['default'] : []),
      ];
      const parts = [
        `kernel ${sizeInWords(kernel.size)}`,
        initrd === null ? 'no initrd' : `initrd ${sizeInWords(initrd.size)}`,
      ];
      return `${release} (${[...marks, ...parts].join(', ')})`;
    })
    .join('; ');
  return [
    ['captured', `${manifest.capturedOn} by ${manifest.capturedBy}, run by ${who}`],
    ['system', `${distribution.name} on ${arch}`],
    [
      'runs',
      running === null
        ? 'nothing: the system was only mounted'
        : `${running.release}${kexec.isSecond ? ', started by kexec' : ''}`,
    ],
    ['cmdline', running?.cmdline ?? 'unknown'],
    ['kernels', kernelText],
    ['root', describeDevice(root)],
    ['disk', `${disk.device.name}, ${sizeInWords(disk.device.size)}, ${disk.bus ?? 'unknown bus'}`],
    ['kexec', describeKexec(server)],
    [
      'machine',
      [
        `${machine.cpus} CPU${machine.cpus === 1 ? '' : 's'}`,
        `${machine.memoryMiB} MiB`,
        ...(machine.gic === null ? [] : [`GICv${machine.gic}`]),
        machine.firmware === 'none'
          ? 'no UEFI'
          : machine.firmware === 'uefi'
            ? 'UEFI'
            : 'UEFI with Secure Boot',
        machine.hasAcpi ? 'ACPI' : 'device tree',
        ...(machine.startsAtEl2 ? ['EL2'] : []),
        ...(machine.pageSize === null ? [] : [`pages of ${sizeInWords(machine.pageSize)}`]),
        machine.isVirt ? "QEMU's virt machine" : 'not a QEMU machine',
      ].join(', '),
    ],
  ];
}

function describeDevice({ path, filesystem, label, uuid, type }: BlockDevice): string {
  return [
    path,
    filesystem || 'unknown file system',
    ...(label === '' ? [] : [`LABEL=${label}`]),
    ...(uuid === '' ? [] : [`UUID=${uuid}`]),
    ...(type === 'part' ? [] : [type]),
  ].join(', ');
}

function describeKexec({ kexec, packages, captured }: Server): string {
  const version = packages.get('kexec-tools') ?? captured.text('kexec-version')?.trim();
  const tools = version === undefined ? 'no kexec-tools' : `kexec-tools ${version}`;
  switch (kexec.by) {
    case 'unit':
    case 'script':
      return `${kexec.files.join(' → ')}; ${tools}`;
    case 'reboot':
      return `at every reboot (LOAD_KEXEC in /etc/default/kexec); ${tools}`;
    case 'none':
      return `nothing calls kexec during the boot; ${tools}`;
  }
}
