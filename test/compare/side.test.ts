import t from 'tap';
import { representatives, fingerprint, withoutAccidents } from '../../src/compare/side.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { RunReport } from '../../src/model/run.ts';
import { report } from '../report/events.ts';
import { hang, panic, three } from './results.ts';
const text = 'VFS: Cannot open root device "/dev/vda" or unknown-block(254,0): error -6';
const evidence = [{ line: 7, text, signature: 'vfs-cannot-open' }];
const boot = {
  outcome: 'kernel-panic',
  stage: 'kernel',
  generation: 2,
  captures: {},
  evidence,
} as const;

t.test('the same fingerprint whenever the same became of it', (t) => {
  const print = fingerprint(boot);
  t.match(print, /^[0-9a-f]{12}$/);
  t.equal(fingerprint({ ...boot, captures: { release: '6.12.9', cmdline: 'quiet' } }), print);
  t.not(fingerprint({ ...boot, outcome: 'no-init' }), print);
  t.not(fingerprint({ ...boot, stage: 'initramfs' }), print);
  t.not(fingerprint({ ...boot, generation: 1 }), print);
  t.not(fingerprint({ ...boot, captures: { device: '/dev/vda' } }), print);
  t.equal(
    fingerprint({ ...boot, captures: { device: '/dev/vda', error: '-6' } }),
    fingerprint({ ...boot, captures: { error: '-6', device: '/dev/vda' } }),
    'in whatever order it was captured',
  );
  t.equal(fingerprint({ ...boot, captures: { why: 'a supporting line' } }), print);
  t.not(fingerprint({ ...boot, captures: { root: '/dev/vdb' } }), print, 'another root is another');
  t.end();
});

t.test('what differs from boot to boot is left out, what tells failures apart is not', (t) => {
  const same = (a: string, b: string): boolean => withoutAccidents(a) === withoutAccidents(b);
  t.ok(same('pc : do_exit+0x8c4/0x9a0', 'pc : do_exit+0x8d0/0x9a4'));
  t.ok(same('at virtual address ffff80000812a2c4', 'at virtual address ffff8000081bb000'));
  t.ok(same('at virtual address c0301d8c', 'at virtual address c0fe1d8c'));
  t.ok(same('[   12.345678] Kernel panic', '[ 7.000001] Kernel panic'));
  t.ok(same('Attempted to kill init! pid: 1', 'Attempted to kill init! pid: 17'));
  t.ok(same('blocked for more than 120 seconds', 'blocked for more than 241 seconds'));
  t.notOk(same('unknown-block(0,0)', 'unknown-block(254,0)'));
  t.notOk(same('exitcode=0x00000100 in init', 'exitcode=0x00000100 in systemd'));
  t.notOk(same('/dev/vda', '/dev/vda1'));
  t.equal(withoutAccidents('deadlock, decade, facade'), 'deadlock, decade, facade');
  t.end();
});

const key = 'aarch64/kexec-to-distro';
const repeats = (boot: CaseResult | null) => boot?.repeat ?? null;

/** Which repeat of each side is shown. */
function shown(baseline: CaseResult[] | null, candidate: CaseResult[] | null) {
  const run = (results: CaseResult[] | null): RunReport | null =>
    results === null ? null : report(results);
  const found = representatives(key, run(baseline), run(candidate));
  return [repeats(found.baseline), repeats(found.candidate)];
}

void t.test('the boot that did what the baseline never does', (t) => {
  t.strictSame(shown(three({}), three({}, {}, hang)), [1, 3]);
  t.strictSame(shown(three({}), three(hang, panic, panic)), [1, 1]);
  t.end();
});

void t.test('the most usual one where nothing is new', (t) => {
  t.strictSame(shown(three(hang, {}, {}), three(hang, {}, {})), [2, 2]);
  t.end();
});

void t.test('nothing where there is nothing', (t) => {
  t.strictSame(shown(null, three(hang, panic, panic)), [null, 2]);
  t.strictSame(shown(three({}), null), [1, null]);
  t.strictSame(shown(three({}), []), [1, null]);
  t.end();
});
