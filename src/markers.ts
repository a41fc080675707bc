/**
 * Words that this program and its guests have to agree on. Scripts in `images/` and `scenarios/` repeat them, since a
 * guest cannot import this file: change both.
 */

/** On the command line of every kernel that a provider's initramfs starts by kexec (Scaleway's own marker). */
export const kexecMarker = 'is_in_kexec=yes';

/**
 * Server tags for `images/provider-initramfs`: more options for kexec, and words to append to the second kernel's
 * command line.
 */
export const flagsTag = 'KEXEC_LAB_FLAGS';
export const appendTag = 'KEXEC_LAB_APPEND';
