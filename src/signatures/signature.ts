import type { OutcomeId, Stage } from '../model/vocabulary.ts';

/**
 * What a signature means for the boot: the events of the boot machine. `null` marks text that is worth showing but does
 * not change the state.
 *
 * - `firmware-starts` is printed once per power-on, `firmware-speaks` by any firmware or boot loader, `firmware-fails`
 *   when there is nothing to boot.
 * - `kernel-starts` is a kernel's first line, `kernel-names-itself` its version banner, usually the next line.
 * - `…-starts` of initramfs and userspace is printed only by a system that has just started; `…-speaks` at any time.
 * - `failure` is a cause by itself, `warning` only if the boot gets no further.
 * - `kexec-doubt` is a text that many programs print: a failure only while a kexec is being prepared.
 * - `kexec-complaint` counts if the old kernel keeps running and nothing else says why.
 * - `root-doubt` is a warning, and `rescue-doubt` the offer of a shell, only while an initramfs may run.
 * - `firmware-doubt` is a warning, and `firmware-prompt` an end, only while a boot loader runs.
 * - `firmware-leaves` is a boot loader's last message before the kernel, `decompressed` one of a kernel's decompressor.
 * - `system-up` means the same as a login prompt, for consoles without one; `shell` is a prompt with or without a command.
 * - `trace` names the function in which a kernel faulted.
 * - `device-timeout` is a failure only if the root file system depends on the device (`root-dependency`).
 * - `crash-load-failed` is a failure of kdump, which does not concern the boot.
 * - `crash-starts` is printed by a panicked kernel that starts its crash kernel, and `crash-kernel` shows that this is one.
 *   `dump-begins`, `dump-saved` and `dump-failed` are printed by a crash kernel.
 * - `power-off` is an orderly end.
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
  | 'machine'
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
  | 'crash-load-failed'
  | 'crash-starts'
  | 'crash-kernel'
  | 'dump-begins'
  | 'dump-saved'
  | 'dump-failed'
  | 'power-off'
  | 'reset';

/** A pattern with an id: a text that a program prints on a serial console. */
export type Signature = {
  /** Unique, in the terms of the program or the field. */
  id: string;
  /** Who prints it. A `kernel` text is a whole printk record; all others are whole lines or prompts. */
  origin: 'kernel' | 'firmware' | 'initramfs' | 'userspace';
  meaning: Meaning | null;
  /** For `failure`, `warning`, `panic` and the doubts: the outcome that it causes. */
  outcome?: OutcomeId;
  /** For the same: the stage that it belongs to, if the text alone shows it. */
  stage?: Stage;
  /**
   * Begins with `^` and has no flags, since lines and records are recognised from their start. Named groups become
   * captures.
   */
  pattern: RegExp;
  /** The text has no newline: the program waits for input. */
  prompt?: true;
  /** A shell's prompt: the typed command decides how the next lines are read. */
  shell?: true;
  /** So general that any other signature in the same text takes precedence. */
  fallback?: true;
  /** Too short to count without a timestamp, except while a kexec is under way. */
  weak?: true;
  /** Also printed as a printk record, because systemd or dracut write it to /dev/kmsg. */
  kmsg?: true;
  /** What the text means, in half a sentence. */
  description: string;
  /** The program that prints the text, and the place in its source. */
  source: string;
};
