/** The kexec of a captured server: what does it, and what is typed where nothing does. */
import { basename } from 'node:path';
import type { Note } from './disk-plan.ts';
import type { RootArchive } from './root-archive.ts';
import type { Server } from './server.ts';

/** @param byHand whether it is typed */
export function noteKexec({ kexec }: Server, byHand: boolean, note: Note): void {
  if (byHand)
    note(
      'alike',
      'kexec',
      'typed on the console, because nothing on the server kexecs during the boot',
    );
  else if (kexec.by === 'reboot')
    note(
      'alike',
      'kexec',
      'kexec -l with the settings of /etc/default/kexec and systemctl kexec, typed; there, a reboot does the same',
      false,
    );
  else
    note(
      'as there',
      'kexec',
      kexec.by === 'none' ? 'none: the kernel is booted directly' : kexec.files.join(' → '),
    );
}

/** Without its libraries the captured program cannot run, so the disk has the package of the distribution. */
export function noteTools(
  { packages, captured }: Server,
  { isCaptured, archive }: { isCaptured: boolean; archive: RootArchive | null },
  note: Note,
): void {
  const version = packages.get('kexec-tools') ?? captured.text('kexec-version')?.trim();
  if (archive !== null) note('as there', 'kexec-tools', `those of ${basename(archive.file)}`);
  else if (isCaptured)
    note(
      'as there',
      'kexec-tools',
      `the captured program with its libraries, ${version ?? 'of an unknown version'}`,
    );
  else
    note('alike', 'kexec-tools', `the distribution's package; the server has ${version ?? 'none'}`);
}

/** What Debian's /etc/init.d/kexec-load does when the system is rebooted, without GRUB's configuration. */
export const kexecAtReboot: object[] = [
  { wait: 'login-prompt' },
  { type: 'root\n' },
  { wait: 'shell-prompt' },
  {
    run: '. /etc/default/kexec; kexec -l "$KERNEL_IMAGE" --initrd="$INITRD" --append="${APPEND:-$(cat /proc/cmdline)}"',
  },
  { run: 'systemctl kexec', exit: 'gone' },
];

/** On 32-bit arm, kexec-tools takes the kernel for smaller than it is (docs/candidates.md). */
export function kexecByHand({ arch }: Server, root: string): object[] {
  const size = arch === 'arm' ? ' --image-size=67108864' : '';
  const append = `$(cat /proc/cmdline) is_in_kexec=yes root=${root}`;
  return [
    { wait: 'login-prompt' },
    { type: 'root\n' },
    { wait: 'shell-prompt' },
    { run: `kexec -l /vmlinuz --initrd=/initrd.img${size} --append="${append}"` },
    { run: 'kexec -e', exit: 'gone' },
  ];
}
