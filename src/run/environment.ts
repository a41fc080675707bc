import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Candidate } from '../candidate/candidate.ts';
import { ownVersion } from '../host/directories.ts';
import type { Environment } from '../model/run.ts';
import type { RememberingLab } from './lab.ts';

/** What a report says about where and with what a run was made; call it when the cases are done. */
export async function describeEnvironment(
  lab: RememberingLab,
  candidate?: Candidate,
): Promise<Environment> {
  const cpus = os.cpus();
  const { images, qemus } = await lab.used();
  const packages = images.flatMap(({ set }) => set.packages);
  return {
    kexecLab: ownVersion(),
    node: process.version,
    host: {
      os: osName(),
      arch: process.arch,
      cpus: cpus.length,
      cpuModel: cpus[0]?.model ?? 'unknown',
      memoryMiB: Math.round(os.totalmem() / 2 ** 20),
    },
    qemu: Object.fromEntries(
      qemus.map(({ arch, qemu: { binary, version, accelerator, idleSkipping } }) => [
        arch,
        { binary, version, accelerator, idleSkipping },
      ]),
    ),
    ...(candidate && { candidate: candidate.label }),
    images: keysOf(images),
    packages: [...new Map(packages.map((item) => [JSON.stringify(item), item])).values()],
  };
}

function keysOf(
  images: Awaited<ReturnType<RememberingLab['used']>>['images'],
): Environment['images'] {
  return Object.fromEntries(
    images.flatMap(({ arch, set }) =>
      Object.entries(set.keys).map(([recipe, key]) => [`${arch}/${recipe}`, key]),
    ),
  );
}

/** `PRETTY_NAME` of os-release(5), with the kernel's release behind it. */
function osName(): string {
  const kernel = `${os.type()} ${os.release()}`;
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? kernel : `${name}, ${kernel}`;
  } catch {
    return kernel;
  }
}
