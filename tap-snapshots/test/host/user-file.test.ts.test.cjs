/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/host/user-file.test.ts > TAP > pipes, devices and directories are refused without being read > files that are refused 1`] = `
DIRECTORY/pipe: this is a named pipe, not a file
DIRECTORY: this is a directory, not a file
DIRECTORY/link: this is a device, not a file
/dev/zero: this is a device, not a file
DIRECTORY/missing: cannot read this file: no such file or directory
  Check the path.
DIRECTORY/loop: cannot read this file: too many symbolic links
  Check the path.
DIRECTORY/file/below: cannot read this file: a part of the path is not a directory
  Check the path.
DIRECTORY/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: cannot read this file: the path is too long
  Choose a shorter path.
# output
DIRECTORY/pipe: this is a named pipe, which cannot be written to
  Name a file. To hand the text to a program, use standard output.
`
