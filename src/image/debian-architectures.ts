import type { Arch } from '../scenario/scenario.ts';

/** Debian's names of the architectures. */
export const debianArchitectures: Record<Arch, string> = { aarch64: 'arm64', arm: 'armhf' };
