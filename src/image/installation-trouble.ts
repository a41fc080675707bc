/** A step that begins, as mmdebstrap and build-system.sh announce it. */
const announcement = /^(?:I|kexec-lab): /;

/** Who says what went wrong while a system is installed; dash puts its script and the line in front. */
const complaint =
  /^(?:(?:E|dpkg|dpkg-deb|tar|mount|umount|sh|cp|cpio|chroot|perl|mke2fs|dd)|\S+: \d+): /;
/** What the same programs say where nothing is wrong. */
const harmless = /^dpkg(?:-deb)?: (?:warning|regarding|building package)|^\S+: warning: /;
const kept = 5;

/**
 * Why an installation ended, from what it printed. The last step with anything to say is the one that failed: earlier ones
 * complain about what they can do without. Of its errors the first is the cause, and each program around it adds a line of
 * its own. If no line names an error, it returns the last lines.
 */
export function installationTrouble(said: readonly string[]): string {
  const last = said.findLastIndex((line) => !announcement.test(line));
  const begin = said.findLastIndex((line, index) => index < last && announcement.test(line)) + 1;
  const step = said.slice(begin, last + 1);
  const errors = step.flatMap((line, index) => {
    if (!complaint.test(line) || harmless.test(line)) return [];
    // dpkg says what happened on the line below the package's name.
    return line.endsWith(':') ? [`${line} ${step[index + 1]?.trim() ?? ''}`.trim()] : [line];
  });
  return (errors.length > 0 ? errors.slice(0, kept) : step.slice(-kept)).join('\n');
}
