/** The memory of a load that is planned: a zImage, as kexec-tools from 2.0.17 on place it in the lab's machines. */
import type { MemoryMap } from '../model/boot.ts';
import type { Range } from './load-dump.ts';
import { overlapsOf } from './memory-map.ts';
import type { ZImage } from './zimage-memory.ts';
import { assumedOffset, page, reservedByKexec, unpackingOf } from './zimage-memory.ts';

type Region = MemoryMap['regions'][number];

/** Where the RAM of QEMU's virt machines begins. A physical address. */
const ram = 0x4000_0000;

/** The rest of a load. Bytes. */
export type Plan = {
  /** What `--image-size` asks for; 0 without it. */
  asked: number;
  /** The size of the initrd; null if it is not known. */
  initrd: number | null;
};

/** Lays out a zImage with what kexec-tools place next to it. The device tree comes one page behind the initrd. */
export function plannedMap(zImage: ZImage, { asked, initrd }: Plan): MemoryMap {
  const { layout, bytes } = zImage;
  const size = Math.max(asked, reservedByKexec(layout, bytes));
  const next = assumedOffset + Math.ceil(size / page) * page;
  const { kernel, moved, heap } = unpackingOf(zImage);
  // Of an initrd of unknown size, what could be overwritten is drawn.
  const end = initrd === null ? Math.max(heap.end, next + page) : next + initrd;
  const loaded = [
    region('zImage', { start: assumedOffset, end: assumedOffset + bytes }, 'loaded'),
    region(initrd === null ? 'initrd or device tree' : 'initrd', { start: next, end }, 'loaded'),
  ];
  const writers = [
    region('unpacked kernel', kernel, 'running'),
    region('moved zImage', { start: moved.start, end: heap.end }, 'unpacking'),
  ];
  return {
    line: null,
    regions: [...loaded, ...writers],
    overlaps: overlapsOf(loaded, writers, ''),
    unknown:
      initrd === null ? ['The size of the initrd is not known: only its beginning is drawn.'] : [],
  };
}

function region(name: string, { start, end }: Range, when: Region['when']): Region {
  return { start: ram + start, end: ram + end, name, when };
}
