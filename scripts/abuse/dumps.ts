import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { sparse, write } from './files.ts';

/** An ELF core with these program headers (little-endian, 64 bits, arm64). */
function core(
  headers: { type?: number; offset: bigint; address: bigint; size: bigint }[],
  { count = headers.length, table = 64n } = {},
): Buffer {
  const head = Buffer.alloc(64);
  head.write('7f454c46020101', 'hex');
  head.writeUInt16LE(4, 16);
  head.writeUInt16LE(183, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(table, 32);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(count, 56);
  const all = headers.map(({ type = 1, offset, address, size }) => {
    const header = Buffer.alloc(56);
    header.writeUInt32LE(type, 0);
    header.writeBigUInt64LE(offset, 8);
    header.writeBigUInt64LE(address, 24);
    header.writeBigUInt64LE(size, 32);
    header.writeBigUInt64LE(size, 40);
    return header;
  });
  return Buffer.concat([head, ...all]);
}

/** Raw memory that holds these lines, as vmcoreinfo does. */
const memory = (lines: string, bytes = 2 ** 20) => {
  const all = Buffer.alloc(bytes);
  all.write(lines, 4096);
  return all;
};

const info = (more: string) => `OSRELEASE=6.1.0\nPAGESIZE=4096\n${more}`;

/** Memory dumps that claim terabytes, or lie about where things are. */
export const dumps: AbuseKind = {
  name: 'dumps',
  make({ directory }) {
    const tera = 2n ** 42n;
    const all = 0xffffffffffffffffn;
    const files: Record<string, Buffer> = {
      'an ELF segment of 4 TiB': core([{ offset: 4096n, address: 0x40000000n, size: tera }]),
      'an ELF segment of 16 EiB': core([{ offset: all, address: all, size: all }]),
      'ELF notes of 4 TiB': core([{ type: 4, offset: 64n, address: 0n, size: tera }]),
      '65535 ELF segments that are not there': core([], { count: 65535 }),
      'an ELF table behind everything': core([{ offset: 0n, address: 0n, size: 1n }], {
        table: all,
      }),
      'overlapping ELF segments': core(
        Array.from({ length: 2000 }, () => ({ offset: 0n, address: 0x40000000n, size: 100_000n })),
      ),
      'OSRELEASE and prb at 0xff': memory(info('SYMBOL(prb)=0xff\n')),
      'prb at the end of everything': memory(
        info('SYMBOL(prb)=ffffffffffffffff\nNUMBER(VA_BITS)=48\n'),
      ),
      'VA_BITS of 64': memory(info('SYMBOL(prb)=ffff800008000000\nNUMBER(VA_BITS)=64\n')),
      'VA_BITS of 1e308': memory(info('SYMBOL(prb)=ffff800008000000\nNUMBER(VA_BITS)=1e308\n')),
      'VA_BITS of -1': memory(
        info('SYMBOL(prb)=ffff800008000000\nNUMBER(VA_BITS)=-1\nNUMBER(kimage_voffset)=0xzz\n'),
      ),
      '1 MiB of OSRELEASE': memory('OSRELEASE=6.1.0\n'.repeat(60_000)),
      '64 MiB of OSRELEASE': Buffer.from('OSRELEASE=6.1.0\n'.repeat(4 * 2 ** 20)),
      '64 MiB of OSRELEASE and prb': Buffer.from(
        'OSRELEASE=6.1\nSYMBOL(prb)=0xff\n'.repeat(2 ** 21),
      ),
      '64 MiB of device tree headers': Buffer.from(
        'd00dfeed00ffffff0000003800000038'.repeat(4 * 2 ** 20),
        'hex',
      ),
      'a device tree nested without end': Buffer.concat([
        Buffer.from(
          'd00dfeed0080000000000038007fffff000000280000001100000010000000000000000000800000',
          'hex',
        ),
        Buffer.alloc(24),
        Buffer.from('0000000161000000'.repeat(2 ** 19), 'hex'),
      ]),
      'a kdump header that claims terabytes': Buffer.concat([
        Buffer.from('KDUMP   \x06\0\0\0'),
        Buffer.alloc(4096, 0xff),
      ]),
      'a flattened dump without end': Buffer.concat([
        Buffer.from('makedumpfile\0\0\0\0'),
        Buffer.alloc(8192, 0x7f),
      ]),
      '16 MiB of Linux version': Buffer.from('Linux version 6.1.0 (a@b) #1 '.repeat(2 ** 19)),
      'escape sequences for a release': memory(
        info('OSRELEASE=\x1b[2J##vso[x]\nSYMBOL(prb)=0xff\n'),
      ),
    };
    const cases: AbuseCase[] = Object.entries(files).flatMap(([name, content], index) => {
      const file = write(directory, `dump-${index}`, content);
      return [
        { name, words: ['autopsy', file], codes: [0, 2] },
        { name: `${name}, as JSON`, words: ['autopsy', file, '--json'], codes: [0, 2] },
      ];
    });
    return [
      ...cases,
      {
        name: 'a sparse ELF of 1 TiB',
        words: [
          'autopsy',
          sparse(
            directory,
            'tera',
            2 ** 40,
            core([{ offset: 4096n, address: 0x40000000n, size: 2n ** 39n }]),
          ),
        ],
        // Reading it may reach the limit of time, which is said.
        codes: [0, 2, 5],
      },
      {
        name: 'raw memory of 1 TiB',
        words: ['autopsy', sparse(directory, 'raw', 2 ** 40)],
        // Reading it may reach the limit of time, which is said.
        codes: [0, 2, 5],
      },
      {
        name: 'raw memory at the end of everything',
        words: ['autopsy', sparse(directory, 'end', 4096), '--base', '9007199254740991'],
        codes: [0, 2],
      },
    ];
  },
};
