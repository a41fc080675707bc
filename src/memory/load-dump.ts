/** What `kexec -d` prints while it loads a kernel: where the parts are put, and what it knows of the kernel. */

/** Physical addresses; `end` is the first one behind. */
export type Range = { start: number; end: number };

export type LoadDump = {
  /** The line of the log with the first segment's address, 1-based. */
  line: number;
  /** Where the new kernel is entered. */
  entry: number;
  /** A crash kernel (`kexec -p`). */
  isCrash: boolean;
  /** The loaded parts, by address. */
  segments: Range[];
  /** Where kexec says that a part begins. Versions and architectures differ in what they say. */
  starts: { kernel: number | null; initrd: number | null; deviceTree: number | null };
  /** Of an arm64 Image, as its header has it: code, data and bss. Bytes. */
  imageSize: number | null;
  zImage: ZImageDump | null;
};

/** A 32-bit kernel, which unpacks itself. Bytes. */
type ZImageDump = {
  /** The file. */
  size: number;
  /** Code and data, then bss. kexec-tools 2.0.16 prints only their sum. */
  unpacked: { data: number; bss: number } | { sum: number } | null;
};

/** KEXEC_ON_CRASH of linux/kexec.h. */
const onCrash = 1;

type Facts = Omit<LoadDump, 'line' | 'segments'>;

const none: Facts = {
  entry: 0,
  isCrash: false,
  starts: { kernel: null, initrd: null, deviceTree: null },
  imageSize: null,
  zImage: null,
};

/** Reads the lines of a console log, and remembers each load that kexec describes in them. */
export class LoadDumps {
  readonly found: LoadDump[] = [];
  #facts = none;
  #expected = 0;
  #segments: Range[] = [];
  #start = 0;
  #line = 0;

  /** @param line its number, 1-based */
  read(text: string, line: number): void {
    this.#facts = withFact(this.#facts, text);
    const [, count] = /^nr_segments = (\d+)/.exec(text) ?? [];
    if (count !== undefined) [this.#expected, this.#segments] = [Number(count), []];
    const [, index, what, value] =
      /^segment\[(\d+)\]\.(mem|memsz) *= (0x[\da-f]+)/.exec(text) ?? [];
    // Another index belongs to a dump of which lines are lost.
    if (value === undefined || Number(index) !== this.#segments.length) return;
    if (what === 'mem') {
      this.#start = Number(value);
      if (index === '0') this.#line = line;
      return;
    }
    this.#segments.push({ start: this.#start, end: this.#start + Number(value) });
    if (this.#segments.length === this.#expected) this.#finish();
  }

  #finish(): void {
    const segments = this.#segments.sort((a, b) => a.start - b.start);
    this.found.push({ ...this.#facts, line: this.#line, segments });
    [this.#facts, this.#expected, this.#segments] = [none, 0, []];
  }
}

/** Texts of kexec-tools: kexec/kexec.c, kexec/arch/arm/kexec-zImage-arm.c, kexec/arch/arm64/kexec-arm64.c. */
function withFact(facts: Facts, text: string): Facts {
  const match = (pattern: RegExp) =>
    pattern
      .exec(text)
      ?.slice(1)
      .map((hex) => Number.parseInt(hex, 16));
  const { starts, zImage } = facts;

  const [entry, flags] =
    match(/^(?:kexec_load: )?entry *= 0x([\da-f]+) flags = 0x([\da-f]+)/) ?? [];
  if (entry !== undefined && flags !== undefined)
    return { ...facts, entry, isCrash: (flags & onCrash) !== 0 };

  const [kernel] = match(/^(?:Kernel: address=0x|\w+: kernel_segment: +)([\da-f]+)/) ?? [];
  if (kernel !== undefined) return { ...facts, starts: { ...starts, kernel } };
  const [initrd] = match(/^(?:Initrd: address=0x|initrd: base )([\da-f]+)/) ?? [];
  if (initrd !== undefined) return { ...facts, starts: { ...starts, initrd } };
  const [deviceTree] = match(/^(?:DT +: address=0x|dtb: +base )([\da-f]+)/) ?? [];
  if (deviceTree !== undefined) return { ...facts, starts: { ...starts, deviceTree } };
  const [imageSize] = match(/^\w+: image_size: +([\da-f]+)/) ?? [];
  if (imageSize !== undefined) return { ...facts, imageSize };

  const [size] = match(/^zImage size 0x([\da-f]+)/) ?? [];
  if (size !== undefined) return { ...facts, zImage: { size, unpacked: null } };
  if (zImage === null) return facts;
  const [data, bss] = match(/^ ?text\+data 0x([\da-f]+) bss 0x([\da-f]+)/) ?? [];
  if (data !== undefined && bss !== undefined)
    return { ...facts, zImage: { ...zImage, unpacked: { data, bss } } };
  const [sum] = match(/^kernel image size: 0x([\da-f]+)/) ?? [];
  return sum === undefined || sum === 0
    ? facts
    : { ...facts, zImage: { ...zImage, unpacked: { sum } } };
}
