import { writeFile } from 'node:fs/promises';

/** Serial number by which the provider's initramfs finds the disk with the server tags. */
export const tagsSerial = 'kexec-lab-tags';

const sector = 512;

/**
 * The bytes of a disk that carries server tags in the format of Scaleway's metadata (`GET /conf`):
 * `TAGS=n`, then `TAGS_i=KEY=VALUE`, filled up with newlines to whole sectors.
 */
export function tagsDisk(tags: Record<string, string>): Buffer {
  const entries = Object.entries(tags).map(
    ([key, value], index) => `TAGS_${index}=${key}=${value}`,
  );
  const text = [`TAGS=${entries.length}`, ...entries, ''].join('\n');
  const size = Math.max(1, Math.ceil(Buffer.byteLength(text) / sector)) * sector;
  return Buffer.concat([Buffer.from(text), Buffer.alloc(size - Buffer.byteLength(text), '\n')]);
}

export async function writeTagsDisk(file: string, tags: Record<string, string>): Promise<void> {
  await writeFile(file, tagsDisk(tags));
}
