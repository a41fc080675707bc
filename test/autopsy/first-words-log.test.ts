import t from 'tap';
import { findFirstWords, readFirstWordsLog } from '../../src/autopsy/first-words-log.ts';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';

const banner = 'Booting Linux on physical CPU 0x0000000000 [0x410fd034]';

/** A 64-bit kernel's text ring: each text behind its id, with what printk leaves behind it. */
function ringOf(texts: readonly string[], first = (1n << 32n) - 4096n): Buffer {
  return Buffer.concat(
    texts.map((text, index) => {
      const id = Buffer.alloc(8);
      id.writeBigUInt64LE((first + BigInt(index)) & ((1n << 62n) - 1n));
      const left = Buffer.from(`${text}${text.slice(-2)}\n\0`);
      return Buffer.concat([id, left, Buffer.alloc((8 - (left.length % 8)) % 8, 0xee)]);
    }),
  );
}

function memoryOf(...parts: Buffer[]): GuestMemory {
  const bytes = Buffer.concat([Buffer.alloc(64), ...parts, Buffer.alloc(5000)]);
  return {
    ranges: [{ from: 0, to: bytes.length }],
    read: (address, length) => bytes.subarray(Math.max(0, address), address + length),
  };
}

function texts(memory: GuestMemory): string[] {
  return [...findFirstWords(memory)]
    .flatMap((address) => readFirstWordsLog(memory, address) ?? [])
    .map(({ text }) => text);
}

void t.test('the records of a kernel that died before it had described itself', (t) => {
  const said = [banner, 'Linux version 6.1.0', 'Memory policy: Data cache writealloc', 'end'];
  t.strictSame(texts(memoryOf(ringOf(said))), said);
  t.strictSame(texts(memoryOf(ringOf([banner]))), [banner], 'a single one');
  t.end();
});

void t.test('times and levels come with them where the numbered infos are found', (t) => {
  const said = [banner, 'Linux version 6.1.0', 'Machine model: x', 'Kernel panic'];
  const infos = said.map((text, index) => {
    const info = Buffer.alloc(88);
    info.writeBigUInt64LE(BigInt(index), 0);
    info.writeBigUInt64LE(BigInt(Math.max(0, index - 1)) * 1_000_999n, 8);
    info.writeUInt16LE(text.length, 16);
    info.writeUInt8(index << 5, 19);
    return info;
  });
  const memory = memoryOf(ringOf(said), ...infos);
  const [address = 0] = findFirstWords(memory);
  t.strictSame(readFirstWordsLog(memory, address), [
    { seconds: 0, level: 0, text: banner },
    { seconds: 0, level: 1, text: 'Linux version 6.1.0' },
    { seconds: 0.001, level: 2, text: 'Machine model: x' },
    { seconds: 0.002001, level: 3, text: 'Kernel panic' },
  ]);
  t.end();
});

void t.test('infos that do not fit the texts are not believed', (t) => {
  const said = [banner, 'Linux version 6.1.0', 'Machine model: x', 'Kernel panic'];
  const infos = said.map((text, index) => {
    const info = Buffer.alloc(88);
    info.writeBigUInt64LE(BigInt(index), 0);
    info.writeUInt16LE(index === 2 ? 999 : text.length, 16);
    return info;
  });
  const memory = memoryOf(ringOf(said), ...infos);
  const [address = 0] = findFirstWords(memory);
  const records = readFirstWordsLog(memory, address) ?? [];
  t.strictSame(
    records.map(({ seconds, text }) => [seconds, text]),
    said.map((text) => [null, text]),
  );
  t.end();
});

void t.test('what only has the words is no log', (t) => {
  const plain = (text: string) => memoryOf(Buffer.from(`\0\0\0\0${text}\0`));
  t.strictSame(texts(plain('\x016Booting Linux on physical CPU 0x%010lx [0x%08x]\n')), []);
  t.strictSame(texts(plain(banner)), [], 'a copy: a journal, a scrollback');
  t.strictSame(texts(memoryOf(ringOf([banner, 'b'], 77n))), [], 'behind a number that is no id');
  t.end();
});
