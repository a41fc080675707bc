import fc from 'fast-check';
import t from 'tap';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';
import { Unreadable } from '../../src/autopsy/guest-memory.ts';
import { readPrintkRing } from '../../src/autopsy/kernel-log.ts';
import { parseVmcoreinfo } from '../../src/autopsy/vmcoreinfo.ts';

/** Descriptors and bytes of text of the rings built here. */
const ring = { bits: 4, textBits: 9 };

const layout = `OSRELEASE=6.1.0-test
SYMBOL(prb)=1000
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
NUMBER(VA_BITS)=48
`;

const info = parseVmcoreinfo(layout);
const [descsAt, infosAt, textAt] = [0x2000, 0x3000, 0x4000];
const idMask = (1n << 62n) - 1n;
const finalized = 2n << 62n;

/** A 64-bit kernel's memory after it has logged these texts one after the other, as printk does it. */
function memoryOf(texts: readonly string[]): GuestMemory {
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
  bytes.writeBigUInt64LE(0x1100n, 0x1000);
  bytes.writeUInt32LE(ring.bits, 0x1100);
  bytes.writeBigUInt64LE(BigInt(descsAt), 0x1108);
  bytes.writeBigUInt64LE(BigInt(infosAt), 0x1110);
  bytes.writeBigUInt64LE(last, 0x1118);
  bytes.writeBigUInt64LE((last - BigInt(Math.max(held, 1) - 1)) & idMask, 0x1120);
  bytes.writeUInt32LE(ring.textBits, 0x1130);
  bytes.writeBigUInt64LE(BigInt(textAt), 0x1138);
  return {
    ranges: [{ from: 0, to: bytes.length }],
    read: (address, length) => bytes.subarray(address, address + length),
  };
}

function read(memory: GuestMemory) {
  if (info === null) throw new Error('no description');
  return readPrintkRing(memory, info, Number)?.records ?? [];
}

/** Short enough for the youngest of them to be in the ring whole, however the text wraps. */
const words = fc.array(fc.string({ minLength: 1, maxLength: 15, unit: 'grapheme-ascii' }), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});

void t.test('what was logged last is read back, in order, wherever the ring has wrapped', (t) => {
  fc.assert(
    fc.property(words, (texts) => {
      const records = read(memoryOf(texts));
      const last = texts.slice(-(2 ** ring.bits));
      t.strictSame(records.map(({ text }) => text).slice(-last.length), last);
      t.strictSame(records.at(-1)?.level, (texts.length - 1) % 8);
    }),
  );
  t.end();
});

void t.test('times are cut to microseconds, as printk cuts them', (t) => {
  t.strictSame(
    read(memoryOf(['a', 'b', 'c'])).map(({ seconds }) => seconds),
    [0, 1.5, 3.000001],
  );
  t.end();
});

void t.test('a record that is not written yet is left out', (t) => {
  const memory = memoryOf(['a', 'b', 'c']);
  const state = memory.read(descsAt + 24, 8);
  state.writeBigUInt64LE(state.readBigUInt64LE() & idMask); // Reserved: its state is 0.
  t.strictSame(
    read(memory).map(({ text }) => text),
    ['a', 'c'],
  );
  t.end();
});

void t.test('what is no ring is none, whatever its bytes are', (t) => {
  const garbage = fc.uint8Array({ minLength: 0x2000, maxLength: 0x2000 });
  fc.assert(
    fc.property(garbage, (bytes) => {
      const memory: GuestMemory = {
        ranges: [{ from: 0, to: bytes.length }],
        read: (address, length) => Buffer.from(bytes.slice(address, address + length)),
      };
      try {
        if (info !== null) readPrintkRing(memory, info, Number);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: 30 },
  );
  t.equal(parseVmcoreinfo('OSRELEASE=%s\nSYMBOL(prb)=1000\n'), null, 'a format string');
  t.equal(parseVmcoreinfo('OSRELEASE=5.4.0\nSYMBOL(log_buf)=1000\n'), null, 'before 5.10');
  t.equal(parseVmcoreinfo('no description at all'), null);
  t.end();
});
