/** The virtual address of a place in the memory built here. */
type Pointer = (place: number) => bigint;

/** Descriptors and bytes of text of the rings built here. */
export const ring = { bits: 4, textBits: 9 };

/** Where the memory below has its parts. */
const [pointerAt, ringAt, infosAt, textAt] = [0x1000, 0x1100, 0x3000, 0x4000];
export const descsAt = 0x2000;

/** The kernel's own description of that memory: vmcoreinfo. */
export function descriptionOf(
  pointer: Pointer = BigInt,
  numbers: Readonly<Record<string, string>> = { VA_BITS: '48' },
): string {
  return `OSRELEASE=6.1.0-test
SYMBOL(prb)=${pointer(pointerAt).toString(16)}
SIZE(printk_ringbuffer)=80
OFFSET(printk_ringbuffer.desc_ring)=0
OFFSET(printk_ringbuffer.text_data_ring)=48
OFFSET(prb_desc_ring.count_bits)=0
OFFSET(prb_desc_ring.descs)=8
OFFSET(prb_desc_ring.infos)=16
OFFSET(prb_desc_ring.head_id)=24
OFFSET(prb_desc_ring.tail_id)=32
OFFSET(atomic_long_t.counter)=0
SIZE(prb_desc)=24
OFFSET(prb_desc.state_var)=0
OFFSET(prb_desc.text_blk_lpos)=8
OFFSET(prb_data_blk_lpos.begin)=0
OFFSET(prb_data_blk_lpos.next)=8
SIZE(printk_info)=32
OFFSET(printk_info.seq)=0
OFFSET(printk_info.ts_nsec)=8
OFFSET(printk_info.text_len)=16
OFFSET(printk_info.caller_id)=20
OFFSET(prb_data_ring.size_bits)=0
OFFSET(prb_data_ring.data)=8
${Object.entries(numbers)
  .map(([name, value]) => `NUMBER(${name})=${value}`)
  .join('\n')}
`;
}

export const idMask = (1n << 62n) - 1n;
const finalized = 2n << 62n;

/** A 64-bit kernel's memory after it has logged these texts one after the other, as printk does it. */
export function loggedMemory(texts: readonly string[], pointer: Pointer = BigInt): Buffer {
  const bytes = Buffer.alloc(0x5000);
  const [count, size] = [2 ** ring.bits, 2 ** ring.textBits];
  let position = BigInt.asUintN(64, -BigInt(size));
  let id = -BigInt(count + 1) & idMask;
  texts.forEach((text, seq) => {
    id = (id + 1n) & idMask;
    const index = Number(id % BigInt(count));
    const block = Math.ceil((8 + Buffer.byteLength(text) + 1) / 8) * 8;
    const begin = position;
    let from = Number(begin % BigInt(size));
    let next = BigInt.asUintN(64, begin + BigInt(block));
    if (from + block > size) {
      // It does not fit before the end: it lies at the beginning, and counts from there.
      from = 0;
      next = BigInt.asUintN(64, begin - (begin % BigInt(size)) + BigInt(size + block));
    }
    position = next;
    bytes.fill(0xaa, textAt + from, textAt + from + block);
    bytes.writeBigUInt64LE(id, textAt + from);
    bytes.write(`${text}\0`, textAt + from + 8);
    const desc = descsAt + 24 * index;
    bytes.writeBigUInt64LE(finalized | id, desc);
    bytes.writeBigUInt64LE(begin, desc + 8);
    bytes.writeBigUInt64LE(next, desc + 16);
    bytes.writeBigUInt64LE(BigInt(seq), infosAt + 32 * index);
    bytes.writeBigUInt64LE(BigInt(seq) * 1_500_000_999n, infosAt + 32 * index + 8);
    bytes.writeUInt16LE(Buffer.byteLength(text), infosAt + 32 * index + 16);
    bytes.writeUInt8((seq % 8) << 5, infosAt + 32 * index + 19);
  });
  const last = id;
  const held = Math.min(texts.length, count);
  bytes.writeBigUInt64LE(pointer(ringAt), pointerAt);
  bytes.writeUInt32LE(ring.bits, ringAt);
  bytes.writeBigUInt64LE(pointer(descsAt), ringAt + 8);
  bytes.writeBigUInt64LE(pointer(infosAt), ringAt + 16);
  bytes.writeBigUInt64LE(last, ringAt + 24);
  bytes.writeBigUInt64LE((last - BigInt(Math.max(held, 1) - 1)) & idMask, ringAt + 32);
  bytes.writeUInt32LE(ring.textBits, ringAt + 48);
  bytes.writeBigUInt64LE(pointer(textAt), ringAt + 56);
  return bytes;
}
