/** What the operating system's error codes mean to a reader. */
const meanings: Record<string, string> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something else is already there',
  EFBIG: 'the file would be larger than allowed here',
  EIO: 'the device reports an error',
  EINVAL: 'the file system does not allow this',
  EISDIR: 'this is a directory',
  ELOOP: 'symbolic links lead in a circle',
  EMFILE: 'too many files are open (ulimit -n)',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open on this host',
  ENODEV: 'there is no such device',
  ENOENT: 'there is no such file or directory',
  ENOMEM: 'there is not enough memory',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ENOTEMPTY: 'the directory is not empty',
  ENXIO: 'there is no such device or address',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'it is a program that is running',
  EXDEV: 'it is on another file system',
};

/** The code of an error that the operating system gave, such as `ENOENT`; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return error instanceof Error && typeof code === 'string' ? code : undefined;
}

/** Why something cannot be done with a file, as the end of a sentence: what the error's code means, without the code. */
export function fileTrouble(error: unknown): string {
  const code = errorCode(error);
  const known = code === undefined ? undefined : meanings[code];
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : String(error);
  // Node's form is `CODE: what it means, call 'path'`; the place stands elsewhere.
  return /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
