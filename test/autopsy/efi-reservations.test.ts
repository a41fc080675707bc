import t from 'tap';
import { findBrokenReservations, reservationList } from '../../src/autopsy/efi-reservations.ts';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';
import { explainSilence } from '../../src/autopsy/silence.ts';
import type { KernelLog } from '../../src/model/examination.ts';

/** As QEMU's virt,gic-version=3 with UEFI showed them (1 GiB, 32-bit arm). */
const [list, entry] = [0x7c26_df90, 0x4191_2000];
const announced = `efi: SMBIOS=0x7ffee000 SMBIOS 3.0=0x7ffec000 MEMATTR=0x7e729a90 MEMRESERVE=0x${list.toString(16)} `;

const from = 0x4000_0000;
const ranges = [{ from, to: 0x8000_0000 }];

/** A memory of zeros with these words. */
function memoryOf(words: Record<number, number[]>): GuestMemory {
  return {
    ranges,
    read(address, length) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, 0x8000_0000 - address)));
      for (const [at, content] of Object.entries(words))
        content.forEach((word, index) => {
          const place = Number(at) + 4 * index - address;
          if (place >= 0 && place + 4 <= bytes.length) bytes.writeUInt32LE(word >>> 0, place);
        });
      return bytes;
    },
  };
}

function logOf(...texts: string[]): KernelLog {
  const records = texts.map((text) => ({ seconds: 0, level: 6, text }));
  return {
    ...{ foundBy: 'vmcoreinfo', address: 0x4280_0000, release: '6.1.0-50-armmp-lpae' },
    ...{ cmdline: 'console=ttyAMA0 is_in_kexec=yes root=/dev/vda1', records },
  };
}

const found = (words: Record<number, number[]>) =>
  findBrokenReservations(memoryOf(words), [logOf(announced), logOf('Bye!', announced)]);

t.test('where the list begins', (t) => {
  t.equal(reservationList(logOf('Booting Linux', announced)), list);
  t.equal(reservationList(logOf('efi: SMBIOS=0x7ffee000')), null);
  t.equal(reservationList(logOf('root: MEMRESERVE=0x1000')), null);
  t.end();
});

t.test('an entry that is something else', (t) => {
  const root = [0, 0, entry, 0];
  const good = [255, 2, 0, 0];
  t.same(found({ [list]: root, [entry]: [0x0ee7_dfd7, 0x9a71_6c0d, 0xa795_f8b4, 0xe62c_56de] }), [
    { list, entry },
  ]);
  t.same(found({ [list]: root, [entry]: good }), [], 'the list is whole');
  t.same(found({ [list]: [0, 0, entry, 0x1234], [entry]: [510, 2, 0, 7] }), [], 'without LPAE');
  t.same(found({ [list]: [0, 0, 0, 0] }), [], 'nothing is reserved');
  t.same(found({ [list]: root }), [{ list, entry }], 'zeros');
  const second = 0x5000_0000;
  t.same(found({ [list]: root, [entry]: [255, 255, second, 0], [second]: [255, 256, 0, 0] }), [
    { list, entry: second },
  ]);
  t.same(found({ [list]: root, [entry]: [255, 1, second + 4, 0] }), [{ list, entry }]);
  t.same(found({ [list]: root, [entry]: [255, 1, entry, 0] }), [], 'a circle ends');
  t.same(
    findBrokenReservations(memoryOf({}), [logOf('efi: MEMRESERVE=0x10')]),
    [],
    'no memory there',
  );
  t.end();
});

t.test('it is the reason of the silence unless the kernel lives', (t) => {
  const reasonOf = (brokenReservations: { list: number; entry: number }[], ...texts: string[]) =>
    explainSilence(
      {
        ...{ logs: [logOf(...texts)], deviceTrees: [], images: [], purgatories: [], parked: [] },
        ...{ unreadable: [], brokenReservations },
      },
      { lines: new Set<string>(), pcs: [], dead: true },
    )?.reason;
  const model = 'OF: fdt: Machine model: linux,dummy-virt';
  const lost = 'efi-reservations-overwritten';
  t.equal(reasonOf([{ list, entry }], model, announced), lost);
  t.equal(reasonOf([], model, announced), 'stopped-early');
  t.equal(reasonOf([{ list: 1, entry }], model, announced), 'stopped-early', 'the list of another');
  const full =
    'Kernel panic - not syncing: Failed to allocate 18874368 bytes for node 0 memory map';
  t.equal(
    reasonOf([{ list, entry }], model, announced, full),
    lost,
    'what it read fills the memory',
  );
  const lives = [model, announced, 'Run /init as init process'];
  t.equal(reasonOf([{ list, entry }], ...lives), 'console-lost');
  t.end();
});
