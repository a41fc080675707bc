/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/file-error.test.ts > TAP > errors of Node's file functions become sentences > failed calls 1`] = `
missing: cannot open: no such file or directory
  Check the path.
file system: cannot read: this is a directory
  Name a file.
file: cannot list: a part of the path is not a directory
  Check the path.
file: cannot make this directory: it already exists
  Choose another path.
file system: cannot write: no space left on the disk
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
/no/such/program: cannot run this program: no such file or directory
  Check the path.
`

exports[`test/file-error.test.ts > TAP > every error has a reason and a hint > errors by their codes 1`] = `
EACCES: cannot read this log: permission denied
  Check the owner and the mode of the file and of the directories above it.
EAGAIN: cannot read this log: the host is out of processes
  Raise the limit (\`ulimit -u\`), or run fewer cases at a time with --jobs.
EBUSY: cannot read this log: it is in use
  Try again later.
EDQUOT: cannot read this log: the disk quota is used up
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
EEXIST: cannot read this log: it already exists
  Choose another path.
EFBIG: cannot read this log: the file would be larger than permitted
  Raise the limit for file sizes (\`ulimit -f unlimited\`), or choose another directory.
EIO: cannot read this log: input/output error
  If the file is on a disk, look for disk errors in the kernel log of the host (dmesg).
EISDIR: cannot read this log: this is a directory
  Name a file.
ELOOP: cannot read this log: too many symbolic links
  Check the path.
EMFILE: cannot read this log: too many open files
  Raise the limit (\`ulimit -n 1024\`), or run fewer cases at a time with --jobs.
ENAMETOOLONG: cannot read this log: the path is too long
  Choose a shorter path.
ENFILE: cannot read this log: the host has too many open files
  Try again later.
ENODEV: cannot read this log: no such device
  Check the path.
ENOENT: cannot read this log: no such file or directory
  Check the path.
ENOMEM: cannot read this log: out of memory
  Free some memory, raise \`ulimit -v\`, or run fewer cases at a time with --jobs.
ENOSPC: cannot read this log: no space left on the disk
  Free some space there, or choose another directory with --out or KEXEC_LAB_CACHE.
ENOTDIR: cannot read this log: a part of the path is not a directory
  Check the path.
ENOTEMPTY: cannot read this log: the directory is not empty
  Choose another path.
ENXIO: cannot read this log: no such device
  Check the path.
EPERM: cannot read this log: operation not permitted
  Check the owner and the mode of the file and of the directories above it.
EPIPE: cannot read this log: the reader has gone
  Keep the reader running.
EROFS: cannot read this log: the file system is read-only
  Choose another directory.
ERR_FS_FILE_TOO_LARGE: cannot read this log: the file is larger than 2 GiB
  Check the path.
ESTALE: cannot read this log: the file was lost on the network file system
  Try again.
ETXTBSY: cannot read this log: it is in use
  Try again later.
EXDEV: cannot read this log: it is on another file system
  Choose another path.
`
