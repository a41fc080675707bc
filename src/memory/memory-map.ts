/** Where the parts of a loaded kernel are, where the kernel unpacks itself, and what it overwrites. */
import type { MemoryMap } from '../model/boot.ts';
import type { LoadDump, Range } from './load-dump.ts';
import { assumedOffset, decompressorRoom } from './zimage-memory.ts';

type Region = MemoryMap['regions'][number];
type Overlap = MemoryMap['overlaps'][number];

/** That of Debian's 32-bit kernels, and of others for several platforms (arch/arm/Makefile: textofs-…). Bytes. */
const higherOffset = 0x208000;
const unknownSize = 'The log does not say how large the kernel is when it runs.';

/** Lays out what `kexec -d` printed about one load. */
export function memoryMap(dump: LoadDump): MemoryMap {
  const loaded = named(dump);
  const { line } = dump;
  const image = loaded.find(({ name }) => name === 'kernel');
  if (dump.zImage === null) {
    // An Image is larger when it runs than its file: bss follows.
    const { imageSize } = dump;
    const running: Region[] =
      image === undefined || imageSize === null
        ? []
        : [{ ...extent(image.start, imageSize), name: 'kernel with its bss', when: 'running' }];
    return {
      ...{ line, regions: [...loaded, ...running] },
      overlaps: overlapsOf(loaded, running, ''),
      unknown: imageSize === null ? [unknownSize] : [],
    };
  }
  const zImage = loaded.map((region) =>
    region.start === dump.entry ? { ...region, name: 'zImage' } : region,
  );
  const { unpacked, size } = dump.zImage;
  if (unpacked === null)
    return {
      ...{ line, regions: zImage, overlaps: overlapsOf(zImage, [], '') },
      unknown: [unknownSize],
    };
  const data = 'data' in unpacked ? unpacked.data : null;
  const sum = 'sum' in unpacked ? unpacked.sum : unpacked.data + unpacked.bss;
  const at = (offset: number): Region[] => {
    const start = dump.entry - assumedOffset + offset;
    // Without the size of bss, the kernel's data end at the latest where its bss would begin if it had none.
    const moved = extent(start + (data ?? sum), size + decompressorRoom);
    return [
      { ...extent(start, sum), name: 'unpacked kernel', when: 'running' },
      { ...moved, name: 'moved zImage', when: 'unpacking' },
    ];
  };
  const writers = at(assumedOffset);
  const certain = overlapsOf(zImage, writers, data === null ? unlessBss(zImage, writers) : '');
  const higher = overlapsOf(
    zImage,
    at(higherOffset),
    `if its text offset is ${hex(higherOffset)}, as that of Debian's 32-bit kernels`,
  );
  return {
    line,
    regions: [...zImage, ...writers],
    overlaps: certain.length > 0 ? certain : higher,
    unknown: [],
  };
}

/** bss comes behind the data, so with a large one the moved zImage would lie lower. */
function unlessBss(loaded: readonly Region[], writers: readonly Region[]): string {
  const moved = writers.find(({ when }) => when === 'unpacking');
  const next = loaded
    .filter(({ name, start }) => name !== 'zImage' && moved !== undefined && start < moved.end)
    .map(({ start }) => start);
  const most = (moved?.end ?? 0) - Math.min(...next);
  return next.length === 0
    ? ''
    : `unless the kernel's bss is larger than ${(most / 2 ** 20).toFixed(1)} MiB`;
}

/** The segments with their names. On 32-bit arm, the order tells what kexec does not say. */
function named({ segments, entry, starts, zImage, isCrash }: LoadDump): Region[] {
  return segments.map((segment, index) => {
    const { start } = segment;
    const by = (name: string): Region => ({ ...segment, name, when: 'loaded' });
    if (start === starts.initrd) return by('initrd');
    if (start === starts.deviceTree) return by('device tree');
    if (zImage !== null && start === entry) return by('kernel');
    if (starts.kernel !== null && start <= starts.kernel && starts.kernel < segment.end)
      return by('kernel');
    if (start === entry) return by(starts.kernel === null ? 'what is entered first' : 'purgatory');
    // kexec-zImage-arm.c puts the device tree above the initrd.
    if (zImage === null || isCrash || starts.initrd !== null || starts.deviceTree !== null)
      return by(`segment ${index}`);
    return by(index === segments.length - 1 ? 'device tree' : 'initrd');
  });
}

/** The loaded parts that a writer runs over. It may overwrite the file of the kernel itself, which is then no longer needed. */
export function overlapsOf(
  loaded: readonly Region[],
  writers: readonly Region[],
  only: string,
): Overlap[] {
  const others = loaded.filter(({ name }) => name !== 'kernel' && name !== 'zImage');
  return others.flatMap((victim) =>
    writers.flatMap(({ name, start, end }) => {
      const [from, to] = [Math.max(start, victim.start), Math.min(end, victim.end)];
      return from < to ? [{ start: from, end: to, by: name, what: victim.name, only }] : [];
    }),
  );
}

function extent(start: number, size: number): Range {
  return { start, end: start + size };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
