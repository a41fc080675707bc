import { readFile } from 'node:fs/promises';

/** kexec-tools' own version in a program `kexec` (`kexec-tools 2.0.25`, as `kexec --version` says it); null for none. */
export async function toolsVersion(program: string): Promise<string | null> {
  const text = await readFile(program, 'latin1');
  return /\bkexec-tools\0? ?(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? null;
}

/** The version its authors gave it, in a Debian package's version: `1:2.0.25-3+deb12u3` is 2.0.25. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}
