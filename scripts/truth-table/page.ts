import { readFileSync } from 'node:fs';
import type { Arch } from '../../src/arch.ts';
import { arches } from '../../src/arch.ts';
import type { LoadCall } from '../../src/boot/explain/kexec-checks.ts';
import { loadChecks } from '../../src/boot/explain/kexec-checks.ts';
import type { Cell, Server, Truth } from './data.ts';
import { formatsOf, lockdowns, truthSchema, ways } from './data.ts';

/** docs/kexec-truth-table.md, from what `npm run truth-table` found. */
export const truthPage = {
  file: 'docs/kexec-truth-table.md',
  render: () =>
    renderTruth(truthSchema.parse(JSON.parse(readFileSync('docs/kexec-truth-table.json', 'utf8')))),
};

const wayNames: Record<Cell['way'], string> = {
  '-c': '`kexec -c`',
  '-s': '`kexec -s`',
  '-a': '`kexec -a`',
  systemctl: '`systemctl kexec`',
  'systemctl-alone': '`systemctl kexec` without kexec-tools',
};

const lockdownNames: Record<Cell['lockdown'], string> = {
  none: 'none',
  integrity: '`lockdown=integrity`',
  'secure-boot': 'Secure Boot',
};

const formatNames: Record<Cell['format'], string> = {
  Image: 'Image',
  zImage: 'zImage',
  gzip: 'gzip',
  'zboot-gzip': 'zboot (gzip)',
  'zboot-zstd': 'zboot (zstd)',
  uki: 'UKI',
  uImage: 'uImage',
};

/** The page as Markdown. */
export function renderTruth(truth: Truth): string {
  const notes = numberNotes(truth);
  return `<!-- Made from docs/kexec-truth-table.json by \`npm run docs\`, which \`npm run truth-table\` measured; change neither by hand. -->

# Every way to load a kernel

What happens if a Debian server loads its own kernel in every format and every way. Each cell was tried on ${truth.date} on QEMU
${truth.qemu} with \`npm run truth-table\`: the load was tried on a running system, and every kernel that was loaded was also
started. **booted** means that the system after the kexec proved its release, its root and its command line. Any other cell has a
number: the words of the program and of the kernel are [below](#the-words), with what \`kexec-lab diagnose\` says of them, or why the
cell was not tried.
\`kexec-lab preflight\` foretells every refusal, the death of a gzip'd zImage, the initrd that is overwritten on arm, and that no kexec leaves trixie's kernel on arm, which
crashes after "Bye!" whatever is loaded (\`kexec-crash\`, [arm-lpae-fault](scenarios.md#arm-lpae-fault)); a test compares it with this
table. From bookworm's kernel the same zImage comes up ([results.md](results.md)).

Without a flag, \`kexec -l\` does what \`-c\` does up to version 2.0.26, and what \`-a\` does from 2.0.27 on.

${arches.map((arch) => archSection(truth, arch, notes)).join('\n\n')}

## How a cell is tried

- \`kexec -c\`, \`-s\` and \`-a\` run on a small disk with the kernel and the kexec-tools of the suite. One boot tries every file. Each
  kernel that was loaded is started with \`kexec -e\` in a boot of its own.
- \`systemctl kexec\` runs there, too: the suite's systemctl with its own libraries, and a boot loader entry for each file in
  \`/run/boot-loader-entries\`, where systemctl looks before it looks for an EFI system partition. The entry that is tried is the default. The
  small disk has no systemd, so systemctl loads the kernel and then fails to ask systemd for the shutdown; \`kexec -e\`
  starts what it has loaded. Without kexec-tools means that their program was deleted.
- Secure Boot: EDK2 with Microsoft's keys (the \`AAVMF_VARS.ms.fd\` of \`qemu-efi-aarch64\`) starts Debian's signed shim, GRUB and kernel from
  the EFI system partition of a whole Debian. The kernel says \`Secure boot enabled\` and \`Kernel is locked down from EFI Secure Boot\`; Debian's patch
  \`CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT\` makes it do so. What refuses kexec_load first there is IMA, whose
  policy under Secure Boot appraises kernels, and which returns EACCES instead of EPERM. All ways are tried in one boot;
  kexec.target is masked, so that the system would stay up if a kernel were loaded.

## systemctl kexec

If a kernel is already loaded, \`systemctl kexec\` starts it; the scenarios [systemctl-kexec](scenarios.md#systemctl-kexec) and
[systemctl-kexec-through-initramfs](scenarios.md#systemctl-kexec-through-initramfs) do that. Otherwise it loads the default boot loader
entry: a file of \`loader/entries\`, or a UKI, on a mounted EFI system partition. systemd 252 and 257 run
\`kexec --load FILE --append OPTIONS --initrd FILE\`, and refuse if the program is not there. systemd 262 calls kexec_file_load itself, and
runs kexec only if the call fails: Debian's kernels for arm64 and armhf do not have the call, so it always fails there.
None of them can pass \`--image-size\` to kexec, without which a kernel for 32-bit arm overwrites its initrd (preflight's warning
\`text-offset\`). There, load the kernel first with \`kexec -l --image-size=67108864\`, and let \`systemctl kexec\` start it.

## The formats

Debian's kernels are an Image (arm64) or a zImage (armhf). The other files were made from them: with gzip; with mkimage of
u-boot-tools (uImage, not compressed); with objcopy and systemd's EFI stub of the same suite (UKI, without an initrd in it). An EFI
zboot image needs a build of the kernel. The file here has the header of such an image and the compressed Image, without the code
with which firmware would unpack it: kexec-tools read nothing else. kexec-tools unpack zboot images and UKIs to \`/tmp\`, which must
be writable.

## The words

${notes.map((note, index) => noteSection(note, index + 1)).join('\n\n')}

## What an error number means

The system calls return only a number. These are the checks that Linux 6.12 makes, in its order: the first that fails counts. \`kexec-lab
diagnose\` lists those that return the number on the console.

${(['kexec_load', 'kexec_file_load'] as const).map(checksTable).join('\n\n')}
`;
}

/** Cells with the same words, the same cause and the same outcome. */
type Note = { cells: [Cell, ...Cell[]] };

function numberNotes({ cells }: Truth): Note[] {
  const notes = new Map<string, Note>();
  for (const cell of cells) {
    const key = keyOf(cell);
    if (key === null) continue;
    const note = notes.get(key);
    if (note === undefined) notes.set(key, { cells: [cell] });
    else note.cells.push(cell);
  }
  return [...notes.values()];
}

/** Null for cells without a note. */
function keyOf({ tried, format }: Cell): string | null {
  if (tried.as === 'not-tried') return `not tried: ${tried.reason}`;
  if (tried.as === 'started' && tried.outcome === 'booted') return null;
  const words = wordsOf(tried).join('\n').replaceAll(`/truth/${format}`, 'FILE');
  return `${tried.as} ${tried.outcome} ${words}`;
}

/** The words of a cell, without addresses, times and what does not differ between causes. */
function wordsOf(tried: Exclude<Cell['tried'], { as: 'not-tried' }>): string[] {
  const evidence = tried.as === 'started' ? tried.evidence : [];
  return [
    ...tried.kernel.map((line) => line.replace(/^\[ *[\d.]+\] /, '')),
    ...tried.tool,
    ...evidence,
  ]
    .filter((line) => !/^(?:entry +=|nr_segments =|segment\[\d+\]|\w+ = )/.test(line))
    .map((line) => line.replace(/^\[ *[\d.]+\] /, ''));
}

function archSection({ servers, cells }: Truth, arch: Arch, notes: readonly Note[]): string {
  const ofArch = servers.filter((server) => server.arch === arch);
  return [`## ${arch}`, ...ofArch.map((server) => suiteSection(server, cells, notes))].join('\n\n');
}

function suiteSection(server: Server, cells: readonly Cell[], notes: readonly Note[]): string {
  const { suite, arch, kernel, kexecTools, systemd, config, unpacks } = server;
  const formats = formatsOf[arch];
  const numberOf = (cell: Cell) => {
    const key = keyOf(cell);
    return key === null ? null : notes.findIndex((note) => keyOf(note.cells[0]) === key) + 1;
  };
  const rows = lockdowns.flatMap((lockdown) =>
    ways.map((way) => {
      const found = formats.map((format) => {
        const cell = cells.find(
          (other) =>
            other.suite === suite &&
            other.arch === arch &&
            other.lockdown === lockdown &&
            other.way === way &&
            other.format === format,
        );
        if (cell === undefined) throw new Error(`${suite} ${arch}: a cell is missing`);
        return cellText(cell, numberOf(cell));
      });
      return row(lockdownNames[lockdown], wayNames[way], ...found);
    }),
  );
  const has = (option: string) => (config[option] === 'y' ? `\`${option}=y\`` : `no \`${option}\``);
  const versions = [
    `kexec-tools ${kexecTools}`,
    ...(systemd === null ? [] : [`systemd ${systemd}`]),
  ];
  return [
    `### ${suite}, ${arch}: kernel ${kernel}, ${versions.join(', ')}`,
    `The kernel has ${has('CONFIG_KEXEC')}, ${has('CONFIG_KEXEC_FILE')}. kexec-tools were built to unpack ${unpacks.length === 0 ? 'nothing' : unpacks.join(', ')}.`,
    [
      row('lockdown', 'loaded by', ...formats.map((format) => formatNames[format])),
      row(...Array<string>(formats.length + 2).fill('---')),
      ...rows,
    ].join('\n'),
  ].join('\n\n');
}

function cellText({ tried }: Cell, note: number | null): string {
  if (note === null) return '**booted**';
  const link = `[${note}](#note-${note})`;
  if (tried.as === 'not-tried') return `not tried ${link}`;
  return tried.as === 'refused' ? `refused ${link}` : `loaded, ${tried.outcome} ${link}`;
}

function noteSection({ cells }: Note, number: number): string {
  const [{ tried }] = cells;
  const heading = `### Note ${number}`;
  if (tried.as === 'not-tried') return `${heading}\n\nNot tried: ${tried.reason}.`;
  const words = wordsOf(tried).map((line) => `    ${line}`);
  const shown =
    tried.as === 'refused'
      ? `\`${tried.command}\` ends with exit code ${tried.exit}:`
      : `\`${tried.command}\` succeeds. After the jump:`;
  return [
    heading,
    shown,
    words.join('\n'),
    `\`${tried.outcome}\`: ${tried.meaning}`,
    tried.cure,
  ].join('\n\n');
}

function checksTable(call: LoadCall): string {
  return [
    `### ${call}\n`,
    row('error', 'returned when', 'Linux 6.12'),
    row('---', '---', '---'),
    ...loadChecks[call].map(({ errno, when, place }) => row(`\`${errno}\``, when, `\`${place}\``)),
  ].join('\n');
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
