import t from 'tap';
import type { GuestMemory } from '../../src/autopsy/guest-memory.ts';
import {
  findBrokenReservations,
  reservationList,
  findLpiTakeover,
} from '../../src/autopsy/interrupt-tables.ts';
import { explainSilence } from '../../src/autopsy/silence.ts';
import type { Outcome } from '../../src/model/boot.ts';
import type { KernelLog } from '../../src/model/examination.ts';
import { judge } from '../../src/run/verdict.ts';

/** Of a second kernel 6.1 on QEMU's virt,gic-version=3 (512 MiB, no UEFI), as it stood in memory. */
const takeover = [
  'Kernel command line: console=ttyAMA0 is_in_kexec=yes root=/dev/vda1',
  'GICv3: Using preallocated redistributor tables',
  'GICv3: using LPI property table @0x0000000041d80000',
  'GICv3: CPU0: using reserved LPI pending table @0x0000000041d90000',
];
const death = [
  'Internal error: Oops - Undefined instruction: 0000000002000000 [#1] SMP',
  'pc : alloc_ns+0x0/0x15c',
];
const code = 'Code: a2a2a2a2 a2a2a2a2 a2a2a2a2 a2a2a2a2 (a2a2a2a2) ';
const panic = 'Kernel panic - not syncing: Attempted to kill the idle task!';

function logOf(...texts: string[]): KernelLog {
  const records = texts.map((text) => ({ seconds: 0.005, level: 6, text, caller: null }));
  return {
    ...{ foundBy: 'vmcoreinfo', address: 0x4280_0000, release: '6.1.0-50-cloud-arm64' },
    ...{ cmdline: 'console=ttyAMA0 is_in_kexec=yes root=/dev/vda1', records },
  } as unknown as KernelLog;
}

const image = { address: 0x4100_0000, size: 0x1b0_0000, filled: 0x1a0_0000, pageSize: 4096 };
const elsewhere = { ...image, address: 0x5000_0000 };

void t.test('the table lies on the second kernel, or was executed', (t) => {
  const whole = logOf(...takeover, ...death, code, panic);
  t.match(findLpiTakeover(whole, [elsewhere, image]), {
    table: 0x41d8_0000,
    image,
    ranTable: 'a2a2a2a2',
  });
  t.match(findLpiTakeover(whole, []), { image: null, ranTable: 'a2a2a2a2' });
  t.match(findLpiTakeover(logOf(...takeover, panic), [image]), { image, ranTable: null });
  t.equal(findLpiTakeover(logOf(...takeover, panic), [elsewhere]), null, 'it lies elsewhere');
  t.equal(findLpiTakeover(logOf(...death, code, panic), [image]), null, 'no table was taken over');
  const newer = code.replaceAll('a2', 'c2').replace('c2c2c2c2)', 'c3c2c2c2)');
  t.match(findLpiTakeover(logOf(...takeover, newer), []), { ranTable: 'c3c2c2c2' }, 'since 6.11');
  t.end();
});

void t.test('it is the reason of the silence, unless the kernel lives', (t) => {
  const findings = (log: KernelLog) => ({
    ...{
      logs: [log],
      deviceTrees: [],
      images: [image],
      purgatories: [],
      brokenReservations: [],
      parked: [],
      unreadable: [],
    },
  });
  const heard = { lines: new Set<string>(), pcs: [], dead: true };
  const reasonOf = (...texts: string[]) => explainSilence(findings(logOf(...texts)), heard)?.reason;
  t.equal(reasonOf(...takeover, ...death, code, panic), 'lpi-tables-taken-over');
  t.equal(reasonOf(...takeover), 'lpi-tables-taken-over', 'it stopped after the takeover');
  t.equal(reasonOf(...takeover, 'Run /init as init process'), 'console-lost');
  t.equal(reasonOf(...death, panic), 'early-panic');
  t.end();
});

const blank = { generation: 1, captures: {}, evidence: [], meaning: '', cure: '' };

void t.test('a scenario can expect it', (t) => {
  const outcome: Outcome = {
    ...blank,
    id: 'bye-hang',
    stage: 'kexec',
  };
  const expect = { outcome: 'bye-hang', autopsy: 'lpi-tables-taken-over' } as const;
  const seen = (reason: 'lpi-tables-taken-over' | 'early-panic') => ({
    ...{ reported: [], steps: [], autopsy: { reason, sentence: '', log: null } },
  });
  t.equal(judge(outcome, expect, seen('lpi-tables-taken-over')).verdict, 'pass');
  t.same(judge(outcome, expect, seen('early-panic')).unmet, ['autopsy']);
  t.same(judge(outcome, expect).unmet, ['autopsy'], 'nothing was read');
  t.end();
});

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

function reservationLog(...texts: string[]): KernelLog {
  const records = texts.map((text) => ({ seconds: 0, level: 6, text }));
  return {
    ...{ foundBy: 'vmcoreinfo', address: 0x4280_0000, release: '6.1.0-50-armmp-lpae' },
    ...{ cmdline: 'console=ttyAMA0 is_in_kexec=yes root=/dev/vda1', records },
  };
}

const found = (words: Record<number, number[]>) =>
  findBrokenReservations(memoryOf(words), [
    reservationLog(announced),
    reservationLog('Bye!', announced),
  ]);

t.test('where the list begins', (t) => {
  t.equal(reservationList(reservationLog('Booting Linux', announced)), list);
  t.equal(reservationList(reservationLog('efi: SMBIOS=0x7ffee000')), null);
  t.equal(reservationList(reservationLog('root: MEMRESERVE=0x1000')), null);
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
    findBrokenReservations(memoryOf({}), [reservationLog('efi: MEMRESERVE=0x10')]),
    [],
    'no memory there',
  );
  t.end();
});

t.test('it is the reason of the silence unless the kernel lives', (t) => {
  const reasonOf = (brokenReservations: { list: number; entry: number }[], ...texts: string[]) =>
    explainSilence(
      {
        ...{
          logs: [reservationLog(...texts)],
          deviceTrees: [],
          images: [],
          purgatories: [],
          parked: [],
        },
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
