import { firmwareSignatures } from './firmware.ts';
import { initramfsSignatures } from './initramfs.ts';
import { kdumpSignatures } from './kdump.ts';
import { kernelStartSignatures } from './kernel-start.ts';
import { kexecKernelSignatures } from './kexec-kernel.ts';
import { kexecToolsSignatures } from './kexec-tools.ts';
import { loaderSignatures } from './loader.ts';
import { panicSignatures } from './panic.ts';
import { initSignatures, rootSignatures } from './root.ts';
import { scalewaySignatures } from './scaleway.ts';
import { systemctlSignatures } from './systemctl.ts';
import type { Signature } from './signature.ts';
import { complaintSignatures, troubleSignatures } from './trouble.ts';
import { shellSignatures, userspaceSignatures } from './userspace.ts';

const all = [
  ...firmwareSignatures,
  ...loaderSignatures,
  ...kernelStartSignatures,
  ...systemctlSignatures,
  ...kexecToolsSignatures,
  ...kexecKernelSignatures,
  ...kdumpSignatures,
  ...scalewaySignatures,
  ...initramfsSignatures,
  ...rootSignatures,
  ...initSignatures,
  ...shellSignatures,
  ...userspaceSignatures,
  ...panicSignatures,
  ...troubleSignatures,
  ...complaintSignatures,
] as const;

/** Every signature, in the order of a boot. */
export const signatures: readonly Signature[] = all;

/** The id of a signature. In records it is any text, since they may come from another version. */
export type SignatureId = (typeof all)[number]['id'];

/** Ids of signals: those of signatures, and those that the recogniser gives to other lines. */
type SignalId = SignatureId | 'printk' | 'last-words';

/** Whether a signal, perhaps from another version's records, has one of these ids. */
export function isOf({ signature }: { signature: string }, ...ids: readonly SignalId[]): boolean {
  return (ids as readonly string[]).includes(signature);
}
