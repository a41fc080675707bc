/**
 * What needs a whole Debian: everything under Secure Boot, where the firmware starts shim, GRUB and the kernel from an EFI
 * system partition. One boot for all loads; kernels that were loaded are started one after the other.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Arch } from '../../src/arch.ts';
import type { ScenarioFile } from '../../src/scenario/schema.ts';
import { layOutEntries } from './entries.ts';
import { bootAll, logInTo } from './boots.ts';
import { settleCells } from './cells.ts';
import type { Place, Tried } from './data.ts';
import { formatsOf } from './data.ts';
import type { Source } from './formats.ts';
import { makeFormats } from './formats.ts';
import { deleteTools, holdBack, loadCommand, mountEsp, parseAttempts, tryScript } from './guest.ts';
import { unpackBootLoader } from './server.ts';
import { startInTurn } from './start-in-turn.ts';
import type { System } from './system.ts';
import { installSystem, writeSystemDisk } from './system.ts';

/** Tries `places`, all of one suite and architecture, with its `kernel`. `scratch` is an empty directory. */
export async function trySystem(
  suite: string,
  arch: Arch,
  places: readonly Place[],
  kernel: Source,
  scratch: string,
): Promise<Tried> {
  const system = await installSystem(suite, arch);
  const esp = path.join(scratch, 'esp');
  await makeFormats(formatsOf[arch], kernel, path.join(esp, 'truth'));
  cpSync(system.initramfs, path.join(esp, 'truth/initrd.img'));
  layOutEntries(esp, arch, path.join(esp, 'truth'));
  const isSigned = places.some(({ lockdown }) => lockdown === 'secure-boot');
  if (isSigned) await addBootLoader(esp, suite, scratch);
  const found = {
    kernel: system.release,
    kexecTools: system.version('kexec-tools'),
    systemd: system.version('systemd'),
  };
  const tried: Tried = { found, qemu: '', cells: [] };
  for (const lockdown of new Set(places.map((place) => place.lockdown))) {
    const here = places.filter((place) => place.lockdown === lockdown);
    const commands = here.map((place) => loadCommand(arch, place));
    writeFileSync(path.join(esp, 'try'), tryScript(commands, holdBack));
    const disk = path.join(scratch, 'system.img');
    await writeSystemDisk(system, esp, disk);
    const boot = bootOf(arch, system, lockdown, disk);
    const [probe] = await bootAll(
      scratch,
      arch,
      [
        {
          name: `try-system-${lockdown}`,
          boot,
          steps: [...logInTo(1), { run: mountEsp }, { run: 'sh /boot/efi/try' }],
          expect: { outcome: 'booted', generation: 1, release: system.release },
        },
      ],
      [],
    );
    if (probe === undefined) throw new Error('no boot');
    tried.qemu = probe.qemu;
    if (lockdown === 'secure-boot' && !/secureboot: Secure boot enabled/.test(probe.console))
      throw new Error('the kernel does not see Secure Boot');
    const attempts = parseAttempts(probe.console);
    const start = (numbers: readonly number[]) =>
      startInTurn(
        numbers.map((number) => [
          ...(here[number - 1]?.way === 'systemctl-alone' ? [deleteTools] : []),
          commands[number - 1]?.prepare ?? '',
        ]),
        { scratch, arch, boot, lockdown, release: system.release },
      );
    tried.cells.push(...(await settleCells(here, commands, attempts, probe.console, start)));
  }
  return tried;
}

/** Secure Boot needs UEFI; otherwise QEMU starts the system's kernel and initrd, as in all other cells. */
function bootOf(
  arch: Arch,
  { kernel, initramfs }: System,
  lockdown: Place['lockdown'],
  disk: string,
): ScenarioFile['boot'] {
  const shape = { memory: 1024 };
  if (lockdown === 'secure-boot')
    return {
      shape: { ...shape, firmware: 'secure-boot' },
      kernel: null,
      disk: { file: disk },
    };
  const asked = lockdown === 'integrity' ? ' lockdown=integrity' : '';
  return {
    ...(arch === 'aarch64' && { shape }),
    kernel: { file: kernel },
    initramfs: { file: initramfs },
    disk: { file: disk },
    cmdline: `root=/dev/vda1${asked}`,
  };
}

/** Debian's signed shim and GRUB, where firmware looks on a disk without a boot entry. */
async function addBootLoader(esp: string, suite: string, scratch: string): Promise<void> {
  const { shim, grub } = await unpackBootLoader(suite, path.join(scratch, 'loader'));
  for (const directory of ['EFI/BOOT', 'EFI/debian'])
    mkdirSync(path.join(esp, directory), { recursive: true });
  cpSync(shim, path.join(esp, 'EFI/BOOT/BOOTAA64.EFI'));
  cpSync(grub, path.join(esp, 'EFI/BOOT/grubaa64.efi'));
  const lines = [
    'set timeout=0',
    'linux /truth/Image console=ttyAMA0 cryptomgr.notests root=/dev/vda1',
    'initrd /truth/initrd.img',
    'boot',
  ];
  writeFileSync(path.join(esp, 'EFI/debian/grub.cfg'), `${lines.join('\n')}\n`);
}
