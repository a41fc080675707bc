import { getSystemErrorMap } from 'node:util';
import { KexecLabError, ScenarioError, UnavailableError, UsageError } from './errors.ts';

/**
 * Turns errors of Node's file functions (`ENOENT: no such file or directory, open 'x'`) into sentences for users: what could
 * not be done with which path, why, and what to do.
 */

type Words = {
  /** Why, as the end of a sentence. */
  reason: string;
  hint: string;
  /** Set for a problem of the host that does not depend on the path. */
  host?: true;
};

const checkPath = 'Check the path.';
const checkMode = 'Check the owner and the mode of the file and of the directories above it.';
const makeRoom =
  'Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.';
const fewerJobs = 'or run fewer cases at a time with --jobs.';

const words: Readonly<Record<string, Words>> = {
  ENOENT: { reason: 'no such file or directory', hint: checkPath },
  ENOTDIR: { reason: 'a part of the path is not a directory', hint: checkPath },
  EISDIR: { reason: 'this is a directory', hint: 'Name a file.' },
  EACCES: { reason: 'permission denied', hint: checkMode },
  EPERM: { reason: 'operation not permitted', hint: checkMode },
  EROFS: { reason: 'the file system is read-only', hint: 'Choose another directory.' },
  ELOOP: { reason: 'too many symbolic links', hint: checkPath },
  ENAMETOOLONG: { reason: 'the path is too long', hint: 'Choose a shorter path.' },
  EEXIST: { reason: 'it already exists', hint: 'Choose another path.' },
  ENOTEMPTY: { reason: 'the directory is not empty', hint: 'Choose another path.' },
  EINVAL: { reason: 'this kind of file does not support it', hint: checkPath },
  ENXIO: { reason: 'no such device', hint: checkPath },
  ENODEV: { reason: 'no such device', hint: checkPath },
  EXDEV: { reason: 'it is on another file system', hint: 'Choose another path.' },
  ERR_FS_FILE_TOO_LARGE: { reason: 'the file is larger than 2 GiB', hint: checkPath },
  EPIPE: { reason: 'the reader has gone', hint: 'Keep the reader running.', host: true },
  ENOSPC: { reason: 'no space left on the disk', hint: makeRoom, host: true },
  EDQUOT: { reason: 'the disk quota is used up', hint: makeRoom, host: true },
  EFBIG: {
    reason: 'the file would be larger than permitted',
    hint: 'Raise the limit for file sizes (`ulimit -f unlimited`), or choose another directory.',
    host: true,
  },
  EIO: {
    reason: 'input/output error',
    hint: 'If the file is on a disk, look for disk errors in the kernel log of the host (dmesg).',
    host: true,
  },
  EBUSY: { reason: 'it is in use', hint: 'Try again later.', host: true },
  ETXTBSY: { reason: 'it is in use', hint: 'Try again later.', host: true },
  ESTALE: {
    reason: 'the file was lost on the network file system',
    hint: 'Try again.',
    host: true,
  },
  ENOMEM: {
    reason: 'out of memory',
    hint: `Free some memory, raise \`ulimit -v\`, ${fewerJobs}`,
    host: true,
  },
  EAGAIN: {
    reason: 'the host is out of processes',
    hint: `Raise the limit (\`ulimit -u\`), ${fewerJobs}`,
    host: true,
  },
  EMFILE: {
    reason: 'too many open files',
    hint: `Raise the limit (\`ulimit -n 1024\`), ${fewerJobs}`,
    host: true,
  },
  ENFILE: { reason: 'the host has too many open files', hint: 'Try again later.', host: true },
};

const verbs: Readonly<Record<string, string>> = {
  open: 'open',
  read: 'read',
  stat: 'read',
  lstat: 'read',
  access: 'read',
  readlink: 'read',
  realpath: 'read',
  write: 'write',
  ftruncate: 'write',
  scandir: 'list',
  opendir: 'list',
  mkdir: 'make this directory',
  mkdtemp: 'make a directory here',
  rename: 'rename',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  copyfile: 'copy',
  cp: 'copy',
  symlink: 'make this link',
  link: 'make this link',
  chmod: 'change the mode',
  statfs: 'read',
};

/** Whether this is an error of a file function or of starting a program. Other errors with a code are bugs. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !(code in words)) return false;
  // The host has run out of something, in whichever call.
  if (code === 'ERR_FS_FILE_TOO_LARGE' || words[code]?.host) return true;
  // EINVAL is more often a bug in an argument than an unsuitable file.
  if (syscall === undefined || code === 'EINVAL') return false;
  return syscall in verbs || syscall.startsWith('spawn');
}

/** The code of an error of the operating system, such as `ENOENT`; undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return error instanceof Error && typeof code === 'string' ? code : undefined;
}

/**
 * Why a file could not be used, as the end of a sentence.
 * @param place the path that the sentence names already
 */
export function fileReason(error: unknown, place?: string): string {
  const { code = '', errno, path, message } = error as NodeJS.ErrnoException;
  const known = words[code]?.reason ?? getSystemErrorMap().get(errno ?? 0)?.[1];
  if (known === undefined) return message;
  return path === undefined || place?.endsWith(path) ? known : `${known} (${path})`;
}

/** What to do, as one sentence. */
export function fileHint(error: unknown): string {
  return words[(error as NodeJS.ErrnoException).code ?? '']?.hint ?? checkPath;
}

type Failed = {
  /** The path as the user wrote it. */
  place: string;
  /** What could not be done, such as `read this dump`. */
  doing: string;
  /** Replaces the usual hint. */
  hint?: string;
};

/**
 * The error for a path that the user named: exit code 2, or 5 if the host has run out of something.
 */
export function namedFileError(
  cause: unknown,
  { place, doing, hint = fileHint(cause) }: Failed,
): UsageError | UnavailableError {
  const { host } = words[(cause as NodeJS.ErrnoException).code ?? ''] ?? {};
  const message = `cannot ${doing}: ${fileReason(cause, place)}`;
  if (host) return new UnavailableError(message, { place, hint: fileHint(cause), cause });
  return new UsageError(message, { place, hint, cause });
}

/** The error for a path that a scenario names (exit code 2 or 5). */
export function scenarioFileError(
  cause: unknown,
  { place, doing, hint = fileHint(cause) }: Failed,
): ScenarioError | UnavailableError {
  const error = namedFileError(cause, { place, doing, hint });
  if (error instanceof UnavailableError) return error;
  return new ScenarioError(error.message, { place, hint, cause });
}

/** The error for a path of the lab itself (exit code 5). */
export function hostFileError(
  cause: unknown,
  { place, doing, hint = fileHint(cause) }: Failed,
): UnavailableError {
  return new UnavailableError(`cannot ${doing}: ${fileReason(cause, place)}`, {
    place,
    hint,
    cause,
  });
}

/** The error to show to the user; null for a bug. A file error that was not caught is a problem of the lab. */
export function readableError(error: unknown): KexecLabError | null {
  if (error instanceof KexecLabError) return error;
  if (!isFileError(error)) return null;
  const { code = '', path = '', syscall = '' } = error;
  // The file or program that failed is accidental.
  if (['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN'].includes(code))
    return new UnavailableError(fileReason(error, path), { hint: fileHint(error), cause: error });
  const doing = verbs[syscall] ?? (syscall.startsWith('spawn') ? 'run this program' : 'use');
  const place = path === '' ? 'file system' : path;
  return hostFileError(error, { place, doing });
}
