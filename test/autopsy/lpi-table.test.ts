import t from 'tap';
import { findLpiTakeover } from '../../src/autopsy/lpi-table.ts';
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
