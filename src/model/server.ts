import * as z from 'zod';
import { archSchema, openObject } from './boot.ts';

/** The first part of a server file: what was captured, and where in the file its content is. */

const line = z
  .string()
  .min(1)
  .max(4096)
  // Text that ends up on terminals and in the names of files.
  .regex(/^[^\p{Cc}\p{Cf}\u2028\u2029]*$/u, 'must have no control characters');

const path = line.refine(isPlainPath, 'must be an absolute path without . and ..');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower case');

/** The largest content that is captured: above any kernel or initrd. Bytes. */
export const largestContent = 512 * 2 ** 20;

const content = {
  size: z.int().min(0).max(largestContent).describe('Bytes.'),
  sha256: sha256.describe('The SHA-256 of the content, and its name in the file: blobs/SHA256.'),
  removed: z
    .record(line, z.int().min(1))
    .optional()
    .describe('What was replaced by marks of the same length: how many of each kind.'),
};

const capturedFile = z.strictObject({
  kind: z.literal('file'),
  path,
  program: z.boolean().describe('Whether it can be executed.'),
  ...content,
});

const capturedText = z.strictObject({
  kind: z.literal('text'),
  name: line.describe('The command or file that it comes from.'),
  ...content,
});

export const lackReasons = ['unreadable', 'larger', 'odd-name', 'unexamined'] as const;
export type LackReason = (typeof lackReasons)[number];

const entry = z.discriminatedUnion('kind', [
  capturedFile,
  capturedText,
  z.strictObject({ kind: z.literal('link'), path, target: line }),
  z.strictObject({
    kind: z.literal('lack'),
    path,
    reason: z
      .enum(lackReasons)
      .describe(
        'unreadable: only root can read it. larger: above the limit. odd-name: control characters in its name. unexamined: it may contain secrets.',
      ),
  }),
]);

/** The schema of `server.json` in a server file. */
export const serverManifestSchema = z.strictObject({
  schema: z.literal('kexec-lab/server@1'),
  capturedBy: line.describe('kexec-lab and its version.'),
  capturedOn: z.iso.date().describe('The day of the capture, UTC.'),
  asRoot: z.boolean().describe('Whether root ran the capture.'),
  entries: z.array(entry).max(20_000, 'must be at most 20000'),
});

export type ServerManifest = z.infer<typeof serverManifestSchema>;
export type CapturedEntry = ServerManifest['entries'][number];
export type CapturedFile = z.infer<typeof capturedFile>;
export type CapturedText = z.infer<typeof capturedText>;

const singleLine = z.string().regex(/^[^\n\r\0]*$/, 'must be a single line');

const likeness = {
  how: z
    .enum(['as there', 'alike', 'not here'])
    .describe(
      'as there: the same as on the server. alike: something stands in for it. not here: it cannot be reproduced.',
    ),
  what: singleLine.min(1, 'must not be empty').describe('A part of the server, such as memory.'),
  detail: singleLine,
  matters: z
    .boolean()
    .describe(
      'Whether, because of it, a kernel may come up in the lab and not on the server, or the reverse.',
    ),
};

/** The comparison as a scenario file has it. */
export const writtenComparisonSchema = z.strictObject({
  likeness: z.array(z.strictObject(likeness)),
});

/** The comparison as results have it. */
export const serverComparisonSchema = openObject({ likeness: z.array(openObject(likeness)) });

/** How a captured server and its machine in the lab compare. */
export type ServerComparison = z.infer<typeof serverComparisonSchema>;

/** One line of the comparison between a server and its machine in the lab. */
export type Likeness = ServerComparison['likeness'][number];

/** What `kexec-lab server show --json` prints. */
export const serverDocumentSchema = z.strictObject({
  schema: z.literal('kexec-lab/server-show@1'),
  arch: archSchema,
  distribution: z.string(),
  running: z
    .strictObject({ release: z.string(), cmdline: z.string() })
    .nullable()
    .describe('The kernel that ran during the capture; null if the system was only mounted.'),
  kernels: z.array(z.strictObject({ release: z.string(), initrd: z.boolean() })),
  kexec: z
    .enum(['unit', 'script', 'reboot', 'none'])
    .describe('What kexecs: a systemd unit, a start script, kexec-tools at every reboot, nothing.'),
  bootable: z.boolean().describe('Whether kexec-lab run --server can boot it.'),
  whyNot: z.string().nullable(),
  likeness: writtenComparisonSchema.shape.likeness.describe(
    'How like the server its boot in the lab is.',
  ),
  manifest: serverManifestSchema,
});

export type ServerDocument = z.infer<typeof serverDocumentSchema>;

/** Whether a path is absolute and means the same wherever it is followed from. */
function isPlainPath(text: string): boolean {
  return (
    text.startsWith('/') &&
    text
      .slice(1)
      .split('/')
      .every((name) => name !== '' && name !== '.' && name !== '..')
  );
}
