/** Who says what went wrong while a system is installed, and how much of it is worth reading. */
const complaint = /^(?:E|dpkg|dpkg-deb|tar|mount|umount|sh|cp|cpio|chroot|perl|mke2fs|dd): /;
const kept = 5;

/**
 * The errors among what an installation printed, the first of them first: it is the cause, and each program around it
 * adds a line of its own. Warnings are none. Where nobody named an error, the last lines.
 */
export function installationTrouble(said: readonly string[]): string {
  const errors = said.flatMap((line, index) => {
    if (!complaint.test(line) || /^\S+: warning: /.test(line)) return [];
    // dpkg says what happened on the line below the package's name.
    return line.endsWith(':') ? [`${line} ${said[index + 1]?.trim() ?? ''}`.trim()] : [line];
  });
  return (errors.length > 0 ? errors.slice(0, kept) : said.slice(-kept)).join('\n');
}
