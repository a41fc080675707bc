import t from 'tap';
import type { Outcome } from '../../src/model/boot.ts';
import { diagnose } from './recorded-logs.ts';

const kernel = '[    0.000000] Booting Linux on physical CPU 0x0';
const jump = ['[    4.000000] kexec_core: Starting new kernel', '[    4.100000] Bye!'];
const login = ['server login: ', ''];
const restart = '[    9.000000] reboot: Restarting system';

function outcomeOf(...lines: string[]): Outcome {
  return diagnose([Buffer.from(lines.join('\n'))]).outcome;
}

void t.test('a quiet kernel gives itself away by a clock that starts anew', (t) => {
  t.equal(outcomeOf(kernel, ...jump, '[    1.500000] a: b').generation, 2, 'after a jump');
  t.equal(outcomeOf(kernel, restart, '[    2.500000] a: b').generation, 2, 'after a reset');
  t.equal(outcomeOf(kernel, '[   40.000000] a: b', '[    0.200000] c: d').generation, 2);
  t.equal(outcomeOf(kernel, '[   40.000000] a: b', '[   39.500000] c: d').generation, 1);
  t.equal(outcomeOf(kernel, '[   40.000000] a: b', '[   12.500000] c: d').generation, 1);
  t.end();
});

void t.test('the two banners of a kernel are one kernel', (t) => {
  const banner = '[    0.000000] Linux version 6.1.0 (a@b) c';
  t.equal(outcomeOf(kernel, banner).generation, 1);
  t.equal(outcomeOf(banner).generation, 1, 'the first may be hidden');
  t.equal(outcomeOf(banner, ...jump, banner).generation, 2);
  t.equal(outcomeOf(kernel, banner, 'Linux version 6.1.0 (a@b) from /proc/version').generation, 1);
  t.end();
});

void t.test('a second try makes a failed kexec forgotten', (t) => {
  const failed = 'kexec_load failed: Device or resource busy';
  t.equal(outcomeOf(kernel, failed).id, 'kexec-load-failed');
  t.equal(outcomeOf(kernel, failed, ...jump).id, 'bye-hang');
  t.equal(outcomeOf(kernel, failed, ...jump, kernel, ...login).id, 'booted');
  t.end();
});

void t.test('a kexec that fails in a kernel which came by kexec and is up changes nothing', (t) => {
  const failed = '-bash: kexec: command not found';
  t.equal(outcomeOf(kernel, ...jump, kernel, ...login, failed).id, 'booted');
  t.equal(outcomeOf(kernel, ...login, failed).id, 'kexec-missing', 'the first kernel’s does');
  t.end();
});

void t.test('a login prompt by kexec makes up for what happened before', (t) => {
  const panic = '[    2.000000] Kernel panic - not syncing: x';
  t.equal(outcomeOf(kernel, panic, kernel, ...login).id, 'kernel-panic', 'by reset it does not');
  t.equal(outcomeOf(kernel, panic, kernel, ...jump, kernel, ...login).id, 'booted');
  t.end();
});

void t.test('resets are counted from the last login on', (t) => {
  const round = [kernel, restart];
  t.equal(outcomeOf(...round, ...round, kernel).id, 'unknown');
  t.equal(outcomeOf(...round, ...round, ...round).id, 'reboot-loop');
  t.equal(outcomeOf(...round, ...round, kernel, ...login, restart, kernel).id, 'unknown');
  t.end();
});

void t.test('kexecs are counted from the last reset on', (t) => {
  const hop = [kernel, ...login, ...jump];
  t.equal(outcomeOf(...hop, ...hop, ...hop, kernel, ...login).id, 'booted');
  t.equal(outcomeOf(...hop, ...hop, ...hop, ...hop, kernel).id, 'reboot-loop');
  t.equal(outcomeOf(...hop, restart, ...hop, ...hop, ...hop, kernel, ...login).id, 'booted');
  t.end();
});

void t.test(
  'a prompt behind the last word of a kernel is the next one’s, and before it anybody’s',
  (t) => {
    const [start] = jump as [string, string];
    const { id, meaning } = outcomeOf(kernel, start, ...login);
    t.equal(id, 'unknown');
    t.matchSnapshot(meaning, 'words');
    t.match(outcomeOf(kernel, ...jump, ...login), { id: 'booted', generation: 2 });
    t.end();
  },
);

void t.test('trouble of the old kernel on its way out is its own', (t) => {
  const [start, left] = jump as [string, string];
  const hung = '[  243.000000] INFO: task kworker/0:1:10 blocked for more than 122 seconds.';
  t.match(outcomeOf(kernel, start, hung), { id: 'kernel-hang', generation: 1, stage: 'kexec' });
  t.equal(outcomeOf(kernel, start, hung, left).id, 'bye-hang', 'it got away in the end');
  t.equal(outcomeOf(kernel, start, hung, left, kernel, ...login).id, 'booted');
  t.equal(outcomeOf(kernel, start, 'sha256 digests do not match :(').id, 'bye-hang');
  t.end();
});

void t.test('a crash kernel is started by a death, whatever it was', (t) => {
  const oops = '[    5.000000] Internal error: Oops: 96000004 [#1] SMP';
  const crash = '[    5.100000] Starting crashdump kernel...';
  t.equal(outcomeOf(kernel, oops, crash, '[    5.200000] Bye!').id, 'kernel-panic');
  t.equal(outcomeOf(kernel, oops, crash, kernel, ...login).id, 'kernel-panic');
  t.equal(outcomeOf(kernel, oops, restart, kernel, ...login).id, 'booted', 'a reset is none');
  t.end();
});

void t.test('an old kernel that came back is shown with the reset and its own banner', (t) => {
  const banner = (release: string) =>
    `[    0.000000] Linux version ${release} (a@b) (gcc 12) #1 SMP`;
  const lines = [
    kernel,
    banner('5.10.0-1-arm64'),
    ...jump,
    kernel,
    banner('6.1.0-9-arm64'),
    'web1 login: ',
  ];
  const back = outcomeOf(...lines, restart, kernel, banner('5.10.0-1-arm64'), 'web1 login: ', '');
  t.equal(back.id, 'wrong-kernel');
  t.same(
    back.evidence.map(({ line }) => line),
    [6, 8, 10, 11],
  );
  t.equal(back.captures['release'], '5.10.0-1-arm64', 'of the kernel that runs');
  const unannounced = outcomeOf(...lines, kernel, banner('5.10.0-1-arm64'), 'web1 login: ', '');
  t.same(
    unannounced.evidence.map(({ line }) => line),
    [6, 8, 9, 10],
    'its first line is the first sign of the reset',
  );
  t.end();
});

void t.test('only a kernel that a kexec started can have taken over an LPI table', (t) => {
  const oops = [
    '[    5.000000] Internal error: Oops - Undefined instruction: 0000000002000000 [#1] SMP',
    '[    5.000100] Code: c2c2c2c2 c2c2c2c2 c2c2c2c2 c2c2c2c2 (c2c2c2c2)',
    '[    5.000200] Kernel panic - not syncing: Attempted to kill the idle task!',
  ];
  t.match(outcomeOf(kernel, ...jump, kernel, ...oops).cure, 'irqchip.gicv3_nolpi=1');
  t.notMatch(outcomeOf(kernel, ...oops).cure, 'irqchip.gicv3_nolpi=1');
  t.end();
});

void t.test('a kernel that faults after "Bye!" has not jumped, whatever comes up later', (t) => {
  const fault = [
    '[    4.110000] Unable to handle kernel paging request at virtual address 40400044 when execute',
    '[    4.120000] LR is at __soft_restart+0x98/0x9c',
  ];
  const crash = { id: 'kernel-panic', generation: 1, stage: 'kexec' };
  const crashed = outcomeOf(kernel, ...jump, ...fault);
  t.match(crashed, crash);
  t.ok(crashed.evidence.some(({ signature }) => signature === 'soft-restart-fault'));
  t.match(outcomeOf(kernel, ...jump, ...fault, ...login), crash, 'the old system goes on');
  t.match(outcomeOf(kernel, ...jump, ...fault, kernel, ...login), crash, 'a watchdog resets it');
  t.match(outcomeOf(kernel, ...jump, fault[1] ?? ''), { id: 'bye-hang' }, 'no fault');

  const panic = '[    4.110000] Kernel panic - not syncing: x';
  t.match(outcomeOf(kernel, ...jump, panic, kernel, ...login), crash, 'a panic does the same');

  const own = ['[    0.110000] Unable to handle kernel paging request at virtual address 0'];
  t.match(outcomeOf(kernel, ...jump, ...own), { id: 'kernel-panic', generation: 2 });
  const early = 'PANIC: early exception 0x0e IP 10:ffffffff error 0 cr2 0x0';
  t.match(outcomeOf(kernel, ...jump, early, kernel, ...login), { id: 'booted', generation: 2 });
  t.end();
});
