import { join } from 'node:path';
import type { ImageSet } from '../image/ensure-images.ts';
import type { Provider } from '../provider/provider.ts';
import type { MachineProfile } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';
import { usesSsh } from '../scenario/step.ts';

/** The provider's side of a case's machine. */
export type CaseProvider = {
  /** Null: the machine has no network to reach it by. */
  provider: Provider | null;
  /** The private key that the guest's ssh server lets in. */
  keyFile: string;
};

/**
 * Starts what the provider has to offer to the machine of a case: metadata with the server's tags and the lab's ssh
 * key, and its volume where the machine has no disk of its own.
 * @throws UnavailableError when that cannot be done.
 */
export async function startCaseProvider(
  { setup, steps }: Case,
  profile: MachineProfile,
  images: Pick<ImageSet, 'disk'>,
  directory: string,
): Promise<CaseProvider> {
  const keyFile = join(directory, 'ssh-key');
  if (!profile.network) return { provider: null, keyFile };
  // Most machines have no network, and start sooner without all this.
  const { startProvider } = await import('../provider/provider.ts');
  const sshKeys = steps.some(usesSsh)
    ? [await (await import('../steps/ssh.ts')).makeKey(keyFile)]
    : [];
  const provider = await startProvider({
    tags: setup.tags,
    sshKeys,
    disk: setup.storage === 'nbd' ? images.disk : null,
    readOnly: setup.readOnly,
    // The C1 was Scaleway's only 32-bit machine.
    commercialType: profile.arch === 'arm' ? 'C1' : 'ARM64-2GB',
    faults: setup.metadata,
  });
  return { provider, keyFile };
}
