import { readFileSync } from 'node:fs';
import t from 'tap';
import { readMemoryMaps } from '../../src/memory/read-memory-maps.ts';
import { LoadDumps } from '../../src/memory/load-dump.ts';
import { memoryMap } from '../../src/memory/memory-map.ts';
import { memoryRows } from '../../src/report/memory-text.ts';
import { createStyle } from '../../src/report/style.ts';

function mapsOf(text: string) {
  const dumps = new LoadDumps();
  text.split('\n').forEach((line, index) => {
    dumps.read(line, index + 1);
  });
  return dumps.found.map(memoryMap);
}

const segments = (...list: (readonly [mem: string, memsz: string])[]) =>
  [
    `nr_segments = ${list.length}`,
    ...list.flatMap(([mem, memsz], index) => [
      `segment[${index}].buf   = 0xb6000000`,
      `segment[${index}].bufsz = 0x1`,
      `segment[${index}].mem   = ${mem}`,
      `segment[${index}].memsz = ${memsz}`,
    ]),
  ].join('\n');

/** What kexec-tools 2.0.16 printed on Scaleway's C1; the numbers are in the post. */
const ofThePost = [
  ...[
    'zImage size 0x7d8200, file size 0x7d8200',
    'zImage has tags',
    'kernel image size: 0x015c5d14',
  ],
  'kexec_load: entry = 0x8000 flags = 0x280000',
  segments(['0x8000', '0x7d9000'], ['0x15ce000', '0x30ec000'], ['0x46ba000', '0x5000']),
].join('\n');

t.test(
  "the post's load: the zImage moves itself over the initrd, unless bss is very large",
  (t) => {
    const [map] = mapsOf(ofThePost);
    t.match(
      map?.regions.map(({ name, start, end }) => [name, start, end]),
      [
        ['zImage', 0x8000, 0x7e1000],
        ['initrd', 0x15ce000, 0x46ba000],
        ['device tree', 0x46ba000, 0x46bf000],
        ['unpacked kernel', 0x8000, 0x15cdd14],
        ['moved zImage', 0x15cdd14, 0x15cdd14 + 0x7d8200 + 0x11000],
      ],
    );
    t.match(map?.overlaps, [
      {
        by: 'moved zImage',
        what: 'initrd',
        start: 0x15ce000,
        end: 0x1db6f14,
        only: /^unless .* bss/,
      },
    ]);
    t.end();
  },
);

const newer = (data: string, bss: string, initrd: string) =>
  [
    'zImage size 0x500000, file size 0x500000',
    ` text+data ${data} bss ${bss} total 0x0`,
    `Initrd: address=${initrd} size=0x100000`,
    'DT    : address=0x44000000 size=0x1000',
    'kexec_load: entry = 0x40008000 flags = 0x280000',
    segments(['0x40008000', '0x501000'], [initrd, '0x100000'], ['0x44000000', '0x1000']),
  ].join('\n');

t.test('newer kexec-tools leave room for the move, but not for a higher text offset', (t) => {
  const end = 0x40008000 + 0x1000000 + 0x511000;
  const [exact] = mapsOf(newer('0x1000000', '0x10000', `0x${end.toString(16)}`));
  t.match(exact?.overlaps, [{ by: 'moved zImage', what: 'initrd', start: end, only: /0x208000/ }]);
  const [wide] = mapsOf(newer('0x1000000', '0x10000', `0x${(end + 0x200000).toString(16)}`));
  t.same(wide?.overlaps, [], 'on the boundary');
  const [low] = mapsOf(newer('0x1000000', '0x10000', `0x${(end - 1).toString(16)}`));
  t.match(low?.overlaps, [{ start: end - 1, end, only: '' }], 'one byte is certain');
  t.end();
});

t.test('an arm64 Image has its bss behind it', (t) => {
  const load = (imageSize: string) =>
    [
      ...['image_arm64_load: kernel_segment: 0000000040000000', 'x: ignored'],
      `image_arm64_load: image_size:     ${imageSize}`,
      'initrd: base 42000000, size 1000h (4096)',
      'dtb:    base 43000000, size 1000h (4096)',
      'kexec_load: entry = 0x43010000 flags = 0xb70000',
      segments(
        ['0x40000000', '0x1f00000'],
        ['0x42000000', '0x1000'],
        ['0x43000000', '0x1000'],
        ['0x43010000', '0x3000'],
      ),
    ].join('\n');
  const [fits] = mapsOf(load('0000000002000000'));
  t.same(
    fits?.regions.map(({ name }) => name),
    ['kernel', 'initrd', 'device tree', 'purgatory', 'kernel with its bss'],
  );
  t.same([fits?.overlaps, fits?.unknown], [[], []]);
  const [over] = mapsOf(load('0000000002000800'));
  t.match(over?.overlaps, [{ what: 'initrd', start: 0x42000000, end: 0x42000800, only: '' }]);
  t.end();
});

t.test('what the log lacks is said, not guessed', (t) => {
  const [bare] = mapsOf(
    ['entry       = 0x8000 flags = 0x1', segments(['0x8000', '0x1000'], ['0x9000', '0x1000'])].join(
      '\n',
    ),
  );
  t.match(bare, { overlaps: [], unknown: [/does not say how large/] });
  t.same(
    bare?.regions.map(({ name }) => name),
    ['what is entered first', 'segment 1'],
  );
  const cut = ofThePost.split('\n').slice(0, -1).join('\n');
  t.same(mapsOf(cut), [], 'a dump that is cut');
  t.same(mapsOf(ofThePost.replace(/^segment\[1\].*\n/gm, '')), [], 'lines are lost');
  t.equal(mapsOf(`${ofThePost}\n${ofThePost}`).length, 2);
  t.end();
});

t.test('a recorded load whose initrd was overwritten shows it', async (t) => {
  const log = readFileSync('test/logs/kdump-arm-overwritten.log');
  async function* whole() {
    yield await Promise.resolve(log);
  }
  const [map] = await readMemoryMaps(whole());
  t.match(map?.overlaps, [{ by: 'moved zImage', what: 'initrd', start: 0x59b04000 }]);
});

t.test('the picture is to scale and fits; each part is seen', (t) => {
  const rows = memoryRows(mapsOf(ofThePost), createStyle());
  t.match(
    rows.join('\n'),
    /The moved zImage overwrites 7\.9 MiB of the initrd \(0x015ce000 to 0x01db6f14\), unless/,
  );
  const bars = rows.flatMap((row) => row.match(/[█▒░·]{20}/g) ?? []);
  t.equal(bars.length, 5);
  t.ok(bars.every((bar) => /[█▒░]/.test(bar)));
  const ascii = memoryRows(mapsOf(ofThePost), createStyle({ ascii: true })).join('\n');
  t.notMatch(ascii, /[^\x20-\x7e\n]|\?/);
  t.end();
});
