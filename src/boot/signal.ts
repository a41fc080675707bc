/** A signature seen on the console. */
export type Signal = {
  /** The id of the signature, such as `kexec-bye`. */
  signature: string;
  /** 1-based line of the raw console in which the match begins. */
  line: number;
  /** The cleaned line (a userspace line cut by kernel text is given whole). */
  text: string;
  /** Named groups of the pattern that took part in the match. */
  captures: Record<string, string>;
  /** The kernel's own clock in seconds, where the line carried a printk timestamp. */
  guestSeconds: number | null;
};
