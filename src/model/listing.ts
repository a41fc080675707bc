import * as z from 'zod';
import { archSchema, count } from './boot.ts';

// What commands print that list something: the jobs of a run that is divided, and the images. (`kexec-lab list --json` prints
// scenarios: src/scenario/scenario.ts.)

const jobSchema = z.strictObject({
  arch: archSchema,
  shard: z.int().min(1),
  shards: z.int().min(1),
  name: z.string().describe('Such as arm-1-of-2.'),
  images: z
    .string()
    .describe('A cache key that changes when the images of its cases have to be rebuilt.'),
});

/** One job of a CI system: `kexec-lab run … --arch <arch> --shard <shard>/<shards>`. */
export type Job = z.infer<typeof jobSchema>;

export const matrixSchema = z.strictObject({
  include: z.array(jobSchema).describe("The jobs, as GitHub's strategy.matrix takes them."),
});

/** What `kexec-lab matrix --json` prints. */
export type MatrixDocument = z.infer<typeof matrixSchema>;

const hash = z.string();

/** `manifest.json`: describes a finished image. */
export const manifestSchema = z.object({
  recipe: z.string(),
  arch: z.string(),
  key: z.string(),
  /** `uname -r` of the kernel in it; null if unknown. */
  release: z.string().nullable(),
  /** The packages that went into it directly, without those of its inputs. `sha256` is the digest of the .deb. */
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      architecture: z.string(),
      suite: z.string(),
      sha256: hash,
    }),
  ),
  /** Fingerprints of its inputs, by recipe. */
  inputs: z.record(z.string(), hash),
  /** Digest of all outputs. */
  fingerprint: hash,
  /** The files, by path in the entry. */
  outputs: z.record(z.string(), z.object({ size: z.number(), sha256: hash })),
  buildSeconds: z.number(),
});

export type Manifest = z.infer<typeof manifestSchema>;

export const imagesSchema = z
  .array(
    z.strictObject({
      name: z.string().describe('The recipe.'),
      arch: archSchema,
      key: z.string().describe('What the image is built from, as a digest.'),
      path: z.string().describe('The file that QEMU is given, built or not.'),
      bytes: count.describe('Its size on the disk.'),
      manifest: manifestSchema.nullable().describe('Null if it is not built.'),
    }),
  )
  .min(1);

/** What `kexec-lab images list --json` prints. */
export type ImagesDocument = z.infer<typeof imagesSchema>;

const verifiedSchema = z.strictObject({
  what: z.string().describe('ARCH/RECIPE for an image; the path in the cache for other files.'),
  path: z.string(),
  state: z.enum(['intact', 'damaged', 'not built']),
  damage: z.string().nullable().describe('What is wrong with it; null if nothing is.'),
});

/** An image or file in the cache that was read in full. */
export type Verified = z.infer<typeof verifiedSchema>;

/** What `kexec-lab images verify --json` prints. */
export const verifySchema = z.array(verifiedSchema).min(1);
