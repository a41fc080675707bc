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
/** Every signature there is, in the order a boot goes through them. */
export const signatures: readonly Signature[] = [
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
];
