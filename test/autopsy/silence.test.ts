import { join } from 'node:path';
import t from 'tap';
import { examine } from '../../src/autopsy/findings.ts';
import { printedLines, tellingLines } from '../../src/autopsy/kernel-log.ts';
import { openDump } from '../../src/autopsy/memory-dump.ts';
import { explainSilence } from '../../src/autopsy/silence.ts';
import { findingsOf } from './dumps.ts';

/** A console that showed the first kernel's banner and nothing of a second. */
const firstKernel = new Set([
  '[    0.000000] Linux version 5.10.0-32 (debian-kernel@lists.debian.org)',
]);
const noCpu: bigint[] = [];

void t.test('live kernels without a console, from 6.1 to 7.2, on both architectures', (t) => {
  const logs = {
    'aarch64-console-lost-bookworm': ['6.1.0-50-cloud-arm64', 238, 2.663208],
    'aarch64-console-lost-sid': ['7.2.13+deb14-cloud-arm64', 248, 248.820222],
    'arm-console-lost-bookworm': ['6.1.0-50-armmp-lpae', 226, 3.403343],
  } as const;
  for (const [name, [release, count, last]] of Object.entries(logs)) {
    const findings = findingsOf(t, name);
    t.match(findings.logs, [
      { foundBy: 'vmcoreinfo', release, cmdline: /is_in_kexec=yes.* console=tty0 loglevel=0$/ },
    ]);
    const records = findings.logs[0]?.records ?? [];
    t.match(records[0], { seconds: 0, level: 6, text: /^Booting Linux on physical CPU 0x0/ }, name);
    t.match(records.at(-1), { seconds: last }, name);
    t.equal(records.length, count, name);
    const times = records.map(({ seconds }) => seconds ?? -1);
    t.strictSame(
      times,
      times.toSorted((a, b) => a - b),
      `${name}: in order`,
    );
    const found = explainSilence(findings, { lines: firstKernel, pcs: noCpu, dead: true });
    t.match(found, { reason: 'console-lost', sentence: release }, name);
  }
  t.end();
});

void t.test('a kernel whose device tree was overwritten says so, to nobody', (t) => {
  const findings = findingsOf(t, 'arm-arm-device-tree-overwritten');
  t.match(findings.logs, [
    { foundBy: 'first-words', release: '6.1.0-50-armmp-lpae', cmdline: null },
  ]);
  const found = explainSilence(findings, { lines: firstKernel, pcs: noCpu, dead: true });
  t.match(found, { reason: 'device-tree-lost', sentence: /\(6\.1\.0-50-armmp-lpae\)/ });
  const lines = found?.log == null ? [] : tellingLines(found.log);
  t.match(lines.join('\n'), 'Unable to handle kernel paging request at virtual address c18067f4');
  t.equal(lines.length, 12);
  t.match(findings.logs[0]?.records[7], { level: 3, text: 'cma: Failed to reserve 16 MiB' });
  const banner = findings.logs[0]?.records.slice(0, 2).flatMap(printedLines);
  const sameRelease = { lines: new Set(banner), pcs: noCpu, dead: true };
  t.match(
    explainSilence(findings, sameRelease),
    { reason: 'device-tree-lost' },
    'of the first kernel’s own release',
  );
  t.equal(
    explainSilence(findings, { lines: new Set(), pcs: noCpu, dead: true })?.log ?? null,
    null,
    'unproved',
  );
  t.end();
});

void t.test(
  'a kernel whose device tree tells of no memory panics before it has described itself',
  (t) => {
    const findings = findingsOf(t, 'aarch64-device-tree-without-memory');
    t.match(findings.logs, [
      { foundBy: 'first-words', release: '6.1.0-50-cloud-arm64', cmdline: null },
    ]);
    t.equal(findings.logs[0]?.records.length, 22);
    t.match(explainSilence(findings, { lines: firstKernel, pcs: noCpu, dead: true }), {
      reason: 'device-tree-without-memory',
      sentence: /Kernel panic - not syncing: Failed to allocate page table page/,
    });
    t.end();
  },
);

void t.test('half an image is found to be half', (t) => {
  const findings = findingsOf(t, 'aarch64-truncated-kernel');
  t.match(explainSilence(findings, { lines: firstKernel, pcs: noCpu, dead: true }), {
    reason: 'image-damaged',
    sentence: /\b0x41800000\b.*\b26\.6 MiB\b.*\b13\.0 MiB\b/,
    log: null,
  });
  const [purgatory = 0] = findings.purgatories;
  const pcs = [BigInt(purgatory - 0x200)];
  t.match(explainSilence(findings, { lines: firstKernel, pcs, dead: true }), {
    reason: 'digest-mismatch',
  });
  t.equal(explainSilence(findings, { lines: firstKernel, pcs, dead: false }), null, 'at work');
  t.end();
});

void t.test('the first kernel is never taken for the second', (t) => {
  const findings = findingsOf(t, 'arm-not-a-kernel');
  t.match(findings.logs, [{ release: '5.10.0-32-armmp-lpae' }]);
  t.strictSame(
    printedLines(findings.logs[0]?.records.at(-1) ?? { seconds: 0, level: 0, text: '' }),
    ['[    2.591058] Bye!'],
  );
  const heard = new Set(findings.logs[0]?.records.flatMap(printedLines));
  for (const lines of [heard, firstKernel, new Set<string>()]) {
    t.match(explainSilence(findings, { lines, pcs: noCpu, dead: true }), {
      reason: 'never-spoke',
      log: null,
    });
  }
  t.end();
});

void t.test(
  'a first kernel that died before its last words is known by what the console showed',
  (t) => {
    const findings = findingsOf(t, 'arm-not-a-kernel');
    const logs = findings.logs.map((log) => ({ ...log, records: log.records.slice(0, -5) }));
    const lines = new Set(logs[0]?.records.flatMap(printedLines));
    const found = explainSilence({ ...findings, logs }, { lines, pcs: noCpu, dead: true });
    t.match(found, { reason: 'never-spoke', log: null });
    t.end();
  },
);

void t.test('a memory without any log proves nothing', (t) => {
  const nothing = {
    logs: [],
    deviceTrees: [],
    images: [],
    purgatories: [],
    brokenReservations: [],
    parked: [],
    unreadable: [],
  };
  t.equal(explainSilence(nothing, { lines: firstKernel, pcs: noCpu, dead: true }), null);
  t.end();
});

void t.test('a CPU that waits forever in a kernel of another page size', (t) => {
  const image = { address: 0x4100_0000, size: 0x400_0000, filled: 0x3f0_0000, pageSize: 16384 };
  const pc = 0x4355_5598;
  const findings = {
    ...{
      logs: [],
      deviceTrees: [],
      images: [image],
      purgatories: [],
      brokenReservations: [],
      parked: [pc],
    },
    unreadable: [],
  };
  const heard = { lines: firstKernel, pcs: [BigInt(pc)], dead: true };
  const reason = (change: object, dead = true) =>
    explainSilence({ ...findings, ...change }, { ...heard, dead })?.reason ?? null;
  t.equal(reason({}), 'page-size-unsupported');
  t.equal(reason({}, false), null, 'the CPU may go on');
  t.equal(reason({ parked: [] }), null, 'it does something else');
  t.equal(reason({ parked: [0x5000_0000] }), null, 'it waits elsewhere');
  t.equal(reason({ images: [{ ...image, pageSize: 4096 }] }), null, 'every server has these pages');
  t.equal(reason({ images: [{ ...image, pageSize: null }] }), null);
  t.end();
});

void t.test('a CPU is parked in a loop of wfe and wfi, at any of its instructions', (t) => {
  const base = 0x4000_0000;
  const memory = Buffer.alloc(0x1000);
  for (const [index, word] of [0xd503205f, 0xd503207f, 0x17fffffe].entries())
    memory.writeUInt32LE(word, 0x100 + 4 * index);
  const dump = openDump(join(t.testdir({ raw: memory }), 'raw'), base);
  t.teardown(() => {
    dump.close();
  });
  const at = (...pcs: number[]) => examine(dump, pcs.map(BigInt)).parked;
  t.same(at(base + 0x100, base + 0x104, base + 0x108), [base + 0x100, base + 0x104, base + 0x108]);
  t.same(at(base + 0xfc, base + 0x10c, base, 0), []);
  t.same(examine(dump, [0xffff_8000_0800_0100n, 2n ** 63n]).parked, [], 'virtual addresses');
  t.end();
});
