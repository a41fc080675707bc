/** The table of docs/upstream.md, from what `npm run image-size` measured. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const imageSizesSchema = z.strictObject({
  /** Such as 2026-01-31. */
  date: z.string(),
  /** QEMU's version. */
  qemu: z.string(),
  kernels: z.array(
    z.strictObject({
      /** The package and its version. */
      name: z.string(),
      version: z.string(),
      /** What preflight advises, and the smallest value that can work. Bytes. */
      advised: z.int(),
      least: z.int(),
      /** The outcome of a boot with each, and with a page less than the smallest. */
      atAdvised: z.string(),
      atLeast: z.string(),
      below: z.string(),
    }),
  ),
});

/** Reads docs/image-size.json. */
export function readImageSizes(file: URL | string): z.infer<typeof imageSizesSchema> {
  return imageSizesSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The rows of the table, as Markdown. */
export function imageSizeRows(): string[] {
  const { kernels } = readImageSizes(new URL('../docs/image-size.json', import.meta.url));
  return [
    '| kernel | version | advised | boots | smallest | boots | one page less |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...kernels.map(({ name, version, ...sizes }) => {
      const { advised, atAdvised, least, atLeast, below } = sizes;
      const cells = [name.replace('linux-image-', ''), version, hex(advised), atAdvised];
      return `| ${[...cells, hex(least), atLeast, below].join(' | ')} |`;
    }),
  ];
}

function hex(bytes: number): string {
  return `0x${bytes.toString(16)}`;
}
