import { UnavailableError } from '../errors.ts';

/** What a system has run out of, and what helps. */
const shortages: Record<string, { what: string; hint: string }> = {
  ENOSPC: {
    what: 'no space is left on the disk',
    hint: 'Make room there, or choose another place with --out or KEXEC_LAB_CACHE.',
  },
  EDQUOT: {
    what: 'the disk quota is used up',
    hint: 'Make room there, or choose another place with --out or KEXEC_LAB_CACHE.',
  },
  EFBIG: {
    what: 'the file would become larger than permitted',
    hint: 'Raise the limit for file sizes (`ulimit -f unlimited`), or choose another file system.',
  },
  EIO: { what: 'the disk reports an error', hint: 'Look into the host’s kernel log (dmesg).' },
  EROFS: {
    what: 'the file system is read-only',
    hint: 'Choose another place with --out or KEXEC_LAB_CACHE.',
  },
  EMFILE: {
    what: 'too many files are open at once',
    hint: 'Raise the limit (`ulimit -n 1024`), or run fewer cases at a time with --jobs.',
  },
  ENFILE: {
    what: 'the host has too many files open',
    hint: 'Close other programs, or run fewer cases at a time with --jobs.',
  },
  ENOMEM: {
    what: 'the host has no memory left',
    hint: 'Close other programs, raise `ulimit -v`, or run fewer cases at a time with --jobs.',
  },
  EAGAIN: {
    what: 'no more processes can be started',
    hint: 'Raise the limit (`ulimit -u`), or run fewer cases at a time with --jobs.',
  },
};

type SystemError = Error & { code: string; syscall: string; path?: string };

/** Whether an error is the operating system's refusal of a call. */
function isSystemError(error: unknown): error is SystemError {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as Partial<SystemError>;
  return typeof code === 'string' && typeof syscall === 'string';
}

/** The host has run out of something (disk, memory, files, processes): the lab's trouble. Null for any other error. */
export function shortage(error: unknown): UnavailableError | null {
  return isSystemError(error) && error.code in shortages ? systemTrouble(error) : null;
}

/**
 * Any refusal of the operating system as the lab's trouble, for places where nothing but the host can be at fault. Null
 * for any other error.
 */
export function systemTrouble(error: unknown): UnavailableError | null {
  if (!isSystemError(error)) return null;
  const { what, hint } = shortages[error.code] ?? {};
  // Node's message is `EACCES: permission denied, open '/path'`.
  const reason = what ?? error.message.replace(/^\w+: /, '').split(',')[0] ?? error.code;
  // Which file or program came too late is chance.
  const anywhere = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(error.code);
  const place = anywhere ? undefined : error.path;
  return new UnavailableError(`${reason} (${error.syscall.split(' ')[0] ?? ''})`, {
    cause: error,
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && { place }),
  });
}
