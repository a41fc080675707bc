import * as z from 'zod';
import { arches } from '../../src/arch.ts';

/** Debian's suites whose servers are tried. Kernel, kexec-tools and systemd are those of the suite. */
export const suites = ['bookworm', 'trixie', 'sid'] as const;

/** How the first kernel is locked down: not at all, by its command line, or by UEFI Secure Boot. */
export const lockdowns = ['none', 'integrity', 'secure-boot'] as const;

/** What loads the kernel: `kexec -c`, `-s` and `-a`, or `systemctl kexec` with kexec-tools installed or purged. */
export const ways = ['-c', '-s', '-a', 'systemctl', 'systemctl-alone'] as const;

/** The files that are loaded. Each architecture has those that its kernels come in. */
export const formats = [
  'Image',
  'zImage',
  'gzip',
  'zboot-gzip',
  'zboot-zstd',
  'uki',
  'uImage',
] as const;

export const formatsOf = {
  aarch64: ['Image', 'gzip', 'zboot-gzip', 'zboot-zstd', 'uki', 'uImage'],
  arm: ['zImage', 'gzip', 'uImage'],
} as const satisfies Record<(typeof arches)[number], readonly (typeof formats)[number][]>;

const lines = z.array(z.string());

const serverSchema = z.strictObject({
  suite: z.enum(suites),
  arch: z.enum(arches),
  /** The release of its kernel, which is both the first and the second. */
  kernel: z.string(),
  kexecTools: z.string(),
  /** The compressions that it was built to unpack, from the libraries that its package depends on. */
  unpacks: z.array(z.string()),
  /** The version of systemd; null if no complete system was booted. */
  systemd: z.string().nullable(),
  /** The options of its kernel that decide about kexec: all that are set. */
  config: z.record(z.string(), z.string()),
});

const cellSchema = z.strictObject({
  suite: z.enum(suites),
  arch: z.enum(arches),
  lockdown: z.enum(lockdowns),
  way: z.enum(ways),
  format: z.enum(formats),
  tried: z.discriminatedUnion('as', [
    z.strictObject({ as: z.literal('not-tried'), reason: z.string() }),
    /** The load failed: nothing was loaded after it. */
    z.strictObject({
      as: z.literal('refused'),
      command: z.string(),
      exit: z.int(),
      /** What the program printed, and what the kernel logged meanwhile. */
      tool: lines,
      kernel: lines,
      /** What kexec-lab says of a console with these lines. */
      outcome: z.string(),
      meaning: z.string(),
      cure: z.string(),
    }),
    /** The load succeeded, and the kernel was started: what became of it. */
    z.strictObject({
      as: z.literal('started'),
      command: z.string(),
      tool: lines,
      kernel: lines,
      outcome: z.string(),
      generation: z.int(),
      /** The release that the system after the kexec printed; null if none did. */
      release: z.string().nullable(),
      meaning: z.string(),
      cure: z.string(),
      evidence: lines,
    }),
  ]),
});

/** What `npm run truth-table` found, as docs/kexec-truth-table.json keeps it. */
export const truthSchema = z.strictObject({
  date: z.iso.date(),
  qemu: z.string(),
  servers: z.array(serverSchema),
  cells: z.array(cellSchema),
});

export type Truth = z.infer<typeof truthSchema>;
export type Server = Truth['servers'][number];
export type Cell = Truth['cells'][number];
export type Place = Omit<Cell, 'tried'>;

/** Every cell of the table, in the order of the page. */
export function allPlaces(): Place[] {
  return arches
    .toReversed()
    .flatMap((arch) =>
      suites.flatMap((suite) =>
        lockdowns.flatMap((lockdown) =>
          ways.flatMap((way) =>
            formatsOf[arch].map((format) => ({ suite, arch, lockdown, way, format })),
          ),
        ),
      ),
    );
}

/** Whether two cells are the same place of the table. */
export function isAt(a: Place, b: Place): boolean {
  return placeKeys.every((key) => a[key] === b[key]);
}

const placeKeys = ['suite', 'arch', 'lockdown', 'way', 'format'] as const;

/** Why a cell is in no run. */
export function reasonNotTried({ arch, lockdown, way }: Place): string {
  if (lockdown === 'secure-boot')
    return arch === 'arm'
      ? 'Debian has no signed boot loader or kernel for armhf'
      : 'the lab does not keep the variables of UEFI with enrolled keys yet, so its machines cannot boot with Secure Boot';
  if (way === 'systemctl' || way === 'systemctl-alone')
    return 'it needs a complete system of each suite with a boot loader entry for each file, which this program does not build yet';
  return 'not part of the last run';
}
