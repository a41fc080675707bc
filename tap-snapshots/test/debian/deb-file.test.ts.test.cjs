/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/debian/deb-file.test.ts > TAP > members that no kernel package has are refused, and nothing is unpacked > refusals of packages 1`] = `
it contains a named pipe, /boot/vmlinuz; only files, directories and links are allowed
it contains a device, /boot/vmlinuz; only files, directories and links are allowed
it has a member outside the package: ../../x
it has a member outside the package: /etc/x
it has a member outside the package: /etc/passwd
it contains a file larger than 1 GiB: /zeros
this is not a complete .deb (a size in the archive is invalid)
this is not a complete .deb (the archive is truncated)
this is not a complete .deb (this is not a tar archive)
`
