import type { ToPhysical } from './address-space.ts';
import type { GuestMemory } from './guest-memory.ts';
import type { KernelRecord } from './kernel-log.ts';
import { toSeconds } from './kernel-log.ts';
import type { Vmcoreinfo } from './vmcoreinfo.ts';

/** The two highest bits of a descriptor's state word: what it is used for. Committed and finalized ones hold a record. */
const states = { committed: 1n, finalized: 2n };

/** More descriptors than this no ring has; a larger number is not a ring. */
const mostDescriptors = 2 ** 20;

/**
 * Reads a kernel's log through its printk ring: `struct printk_ringbuffer` of Linux 5.10 and later
 * (kernel/printk/printk_ringbuffer.h), whose layout the kernel itself describes.
 *
 * @returns the records, oldest first, and the physical address of the ring; null where what should be a ring is none
 */
export function readPrintkRing(
  memory: GuestMemory,
  info: Vmcoreinfo,
  toPhysical: ToPhysical,
): { address: number; records: KernelRecord[] } | null {
  const width = info.sizes.get('atomic_long_t') ?? (info.numbers.has('VA_BITS') ? 8 : 4);
  const wordBits = BigInt(8 * width);
  const offset = (name: string): number => info.offsets.get(name) ?? Number.NaN;
  const at = (address: bigint, length: number): Buffer => {
    const physical = toPhysical(address);
    return physical === null ? Buffer.alloc(0) : memory.read(physical, length);
  };
  const word = (bytes: Buffer, from: number): bigint => {
    if (!(from + width <= bytes.length)) throw new RangeError('outside of memory');
    return width === 8 ? bytes.readBigUInt64LE(from) : BigInt(bytes.readUInt32LE(from));
  };

  try {
    const pointer = info.symbols.get('prb') ?? 0n;
    const ringAt = word(at(pointer, width), 0);
    const ring = at(ringAt, info.sizes.get('printk_ringbuffer') ?? 0);
    const descs = offset('printk_ringbuffer.desc_ring');
    const texts = offset('printk_ringbuffer.text_data_ring');
    const count = 2 ** ring.readUInt32LE(descs + offset('prb_desc_ring.count_bits'));
    const textSize = 2n ** BigInt(ring.readUInt32LE(texts + offset('prb_data_ring.size_bits')));
    if (count > mostDescriptors) return null;
    const descsAt = word(ring, descs + offset('prb_desc_ring.descs'));
    const infosAt = word(ring, descs + offset('prb_desc_ring.infos'));
    const textAt = word(ring, texts + offset('prb_data_ring.data'));
    const counter = offset('atomic_long_t.counter');
    const head = word(ring, descs + offset('prb_desc_ring.head_id') + counter);
    const tail = word(ring, descs + offset('prb_desc_ring.tail_id') + counter);

    const descSize = info.sizes.get('prb_desc') ?? 0;
    const infoSize = info.sizes.get('printk_info') ?? 0;
    const allDescs = at(descsAt, count * descSize);
    const allInfos = at(infosAt, count * infoSize);
    const text = at(textAt, Number(textSize));
    const idMask = (1n << (wordBits - 2n)) - 1n;

    const records: KernelRecord[] = [];
    for (let id = tail, left = count; left > 0; id = (id + 1n) & idMask, left -= 1) {
      const index = Number(id % BigInt(count));
      const desc = index * descSize;
      const state = word(allDescs, desc + offset('prb_desc.state_var') + counter);
      const use = state >> (wordBits - 2n);
      const held = use === states.committed || use === states.finalized;
      if (held && (state & idMask) === id) {
        const place = desc + offset('prb_desc.text_blk_lpos');
        const begin = word(allDescs, place + offset('prb_data_blk_lpos.begin'));
        const next = word(allDescs, place + offset('prb_data_blk_lpos.next'));
        const from = index * infoSize;
        const length = allInfos.readUInt16LE(from + offset('printk_info.text_len'));
        const nanoseconds = allInfos.readBigUInt64LE(from + offset('printk_info.ts_nsec'));
        // `flags:5, level:3` share the byte behind the facility, and have no offset of their own.
        const level = allInfos.readUInt8(from + offset('printk_info.text_len') + 3) >> 5;
        const data = dataOf(text, { begin, next, textSize, width });
        records.push({
          seconds: toSeconds(nanoseconds),
          level,
          text: data.toString('utf8', 0, length),
        });
      }
      if (id === head) break;
    }
    return records.length === 0 ? null : { address: toPhysical(ringAt) ?? 0, records };
  } catch (error) {
    if (error instanceof RangeError) return null; // Not all of it is where it says it is.
    throw error;
  }
}

type DataBlock = { begin: bigint; next: bigint; textSize: bigint; width: number };

/**
 * The text of a block, behind its id. Positions count on for ever; one that would run over the end of the ring lies at its
 * beginning instead. A record without text has odd positions.
 */
function dataOf(text: Buffer, { begin, next, textSize, width }: DataBlock): Buffer {
  if ((begin & 1n) === 1n) return Buffer.alloc(0);
  const wrapped = begin / textSize !== next / textSize && next % textSize !== 0n;
  const from = wrapped ? 0 : Number(begin % textSize);
  const to = next % textSize === 0n ? Number(textSize) : Number(next % textSize);
  return text.subarray(from + width, to);
}
