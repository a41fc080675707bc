import * as z from 'zod';
import { arches } from '../../src/arch.ts';

/** Debian's suites whose servers are tried. Kernel, kexec-tools and systemd are those of the suite. */
export const suites = ['bookworm', 'trixie', 'sid'] as const;

/** How the first kernel is locked down: not at all, by its command line, or by UEFI Secure Boot. */
export const lockdowns = ['none', 'integrity', 'secure-boot'] as const;

/** What loads the kernel: `kexec -c`, `-s` and `-a`, or `systemctl kexec` with kexec-tools and without. */
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

/** What was found on the servers of a suite and architecture, and their cells. */
export type Tried = { found: Partial<Server>; qemu: string; cells: Cell[] };

/** Whether a cell needs a whole Debian: under Secure Boot, a boot loader that the firmware trusts starts it. */
export function needsSystem({ lockdown }: Place): boolean {
  return lockdown === 'secure-boot';
}

/** Whether systemctl loads the kernel. */
export function isSystemctl(way: Place['way']): boolean {
  return way === 'systemctl' || way === 'systemctl-alone';
}

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

/** Why a cell cannot be tried; null if it can. */
export function reasonNotToTry({ arch, lockdown }: Place): string | null {
  return arch === 'arm' && lockdown === 'secure-boot'
    ? 'Debian has no boot loader for armhf that UEFI Secure Boot would start: shim-signed and grub-efi-…-signed exist for amd64 and arm64 only (apt-cache policy shim-signed:armhf grub-efi-arm-signed:armhf), and its armhf kernels are not signed either'
    : null;
}

/** Why a cell was not tried, and what can be expected of it. */
export function reasonNotTried(place: Place): string {
  const impossible = reasonNotToTry(place);
  if (impossible !== null) return impossible;
  const { arch, way, lockdown } = place;
  if (lockdown === 'secure-boot')
    return 'not part of the last run. The kernel of this suite has the same options, so it can be expected to refuse what those of the suites that were tried refuse';
  if (way === 'systemctl-alone')
    return 'not part of the last run. By the source of systemd, systemctl refuses whatever the file is, as in the cells of this way that were tried: the program kexec is not available, and this kernel does not have kexec_file_load';
  if (way === 'systemctl')
    return `not part of the last run. By the source of systemd, systemctl runs \`kexec --load FILE --append OPTIONS --initrd FILE\`, so the row of \`kexec -c\` (kexec-tools up to 2.0.26) or \`kexec -a\` (from 2.0.27 on) shows what to expect${arch === 'arm' ? ', except that those rows have --image-size' : ''}`;
  return 'not part of the last run';
}
