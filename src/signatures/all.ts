import { firmwareSignatures } from './firmware.ts';
import { initSignatures } from './init.ts';
import { initramfsSignatures } from './initramfs.ts';
import { kernelStartSignatures } from './kernel-start.ts';
import { kexecKernelSignatures } from './kexec-kernel.ts';
import { kexecToolsSignatures } from './kexec-tools.ts';
import { loaderSignatures } from './loader.ts';
import { panicSignatures } from './panic.ts';
import { rootSignatures } from './root.ts';
import { scalewaySignatures } from './scaleway.ts';
import type { Signature } from './signature.ts';
import { complaintSignatures, troubleSignatures } from './trouble.ts';
import { shellSignatures, userspaceSignatures } from './userspace.ts';

const all = [
  ...firmwareSignatures,
  ...loaderSignatures,
  ...kernelStartSignatures,
  ...kexecToolsSignatures,
  ...kexecKernelSignatures,
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

/** Every signature there is, in the order a boot goes through them. */
export const signatures: readonly Signature[] = all;

/** The id of a signature. Records name it as text: they may come from another version. */
export type SignatureId = (typeof all)[number]['id'];

/** What a signal or a piece of evidence may be called: a signature, or what the recogniser makes of lines by itself. */
type SignalId = SignatureId | 'printk' | 'last-words';

/** Whether a signal, of any version's records, has one of these ids. */
export function isOf({ signature }: { signature: string }, ...ids: readonly SignalId[]): boolean {
  return (ids as readonly string[]).includes(signature);
}
