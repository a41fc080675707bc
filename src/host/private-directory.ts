import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a directory for Unix sockets and pipes that only this user can enter. A lab that is killed cannot remove its own; the
 * next one to come does, since the name tells whose it was.
 */
export async function makePrivateDirectory(root = socketRoot()): Promise<string> {
  await removeOrphans(root);
  return mkdtemp(join(root, `kexec-lab-${process.pid}-`));
}

async function removeOrphans(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  const orphans = names.filter((name) => {
    const pid = /^kexec-lab-(\d+)-\w{6}$/.exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  });
  // Another user's cannot be removed, and is that user's to remove.
  await Promise.allSettled(orphans.map((name) => rm(join(root, name), { recursive: true })));
}

/**
 * A socket's path must be short (108 bytes, unix(7)), and plain enough for socat's address syntax and QEMU's options.
 */
function socketRoot(): string {
  const root = tmpdir();
  return /^[\w./+-]{1,64}$/.test(root) ? root : '/tmp';
}
