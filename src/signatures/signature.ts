import type { OutcomeId, Stage } from '../model/vocabulary.ts';
/**
 * What a signature says about the boot: the events of the boot machine. `null` marks text worth showing that
 * moves nothing.
 *
 * - `firmware-starts` is said once per power-on, `firmware-speaks` by any firmware or boot loader, `firmware-fails`
 *   when there is nothing to boot.
 * - `kernel-starts` is a kernel's first word, `kernel-names-itself` its version banner (the second of the pair).
 * - `…-starts` of initramfs and userspace is said only by a system that has just come up; `…-speaks` at any time.
 * - `failure` is a cause by itself, `warning` only if the boot does not get any further.
 * - `kexec-doubt` is a text many programs print: a failure only while a kexec is being prepared.
 * - `kexec-complaint` counts if the old kernel goes on and nothing else says why.
 * - `root-doubt` is a warning, and `rescue-doubt` an offer of a shell, only while an initramfs may run.
 * - `firmware-doubt` and `firmware-prompt` likewise: a warning, and an end, only while a boot loader speaks.
 * - `firmware-leaves` is a boot loader's last word, `decompressed` that of a kernel's decompressor.
 * - `system-up` says what a login prompt says, where a console has none; `shell` is a prompt with or without a command.
 * - `trace` names the function in which a kernel faulted.
 * - `device-timeout` is a failure only if the root file system depends on the device (`root-dependency`).
 * - `crash-kernel` shows that the kernel before this one has panicked. `power-off` is an orderly end.
 */
export type Meaning =
  | 'firmware-starts'
  | 'firmware-speaks'
  | 'firmware-fails'
  | 'firmware-doubt'
  | 'firmware-prompt'
  | 'firmware-leaves'
  | 'decompressed'
  | 'kernel-starts'
  | 'kernel-names-itself'
  | 'bootconsole'
  | 'init-runs'
  | 'initramfs-starts'
  | 'initramfs-speaks'
  | 'initramfs-rescue'
  | 'userspace-starts'
  | 'userspace-speaks'
  | 'userspace-rescue'
  | 'login'
  | 'system-up'
  | 'shell'
  | 'proof'
  | 'kexec-prepares'
  | 'kexec-announced'
  | 'kexec-starts'
  | 'kexec-leaves'
  | 'kexec-doubt'
  | 'root-doubt'
  | 'rescue-doubt'
  | 'kexec-complaint'
  | 'failure'
  | 'warning'
  | 'trace'
  | 'device-timeout'
  | 'root-dependency'
  | 'panic'
  | 'crash-kernel'
  | 'power-off'
  | 'reset';

/** A pattern with an id: one thing a program says on a serial console. */
export type Signature = {
  /** Unique; the words are the program's or the field's. */
  id: string;
  /** Who says it. A `kernel` text is a whole printk record; all others are lines (or prompts) of their own. */
  origin: 'kernel' | 'firmware' | 'initramfs' | 'userspace';
  meaning: Meaning | null;
  /** For `failure`, `warning`, `panic` and `kexec-doubt`: the outcome it is a cause of. */
  outcome?: OutcomeId;
  /** For the same: the stage it belongs to, where the text alone tells. */
  stage?: Stage;
  /** Begins with `^` and has no flags: a line or record is known by its start. Named groups become captures. */
  pattern: RegExp;
  /** The text stays on the console without a newline, waiting for somebody. */
  prompt?: true;
  /** A shell waits there: what is typed says how to read the lines that follow. */
  shell?: true;
  /** Says so little that any other signature in the same text goes before it. */
  fallback?: true;
  /** Too short a word to be believed without a time stamp, but while a kexec is under way. */
  weak?: true;
  /** systemd and dracut write it to /dev/kmsg: it also comes as a printk record. */
  kmsg?: true;
  /** What it means to see it, in half a sentence. */
  description: string;
  /** The program, and the place in it, that prints the text. */
  source: string;
};
