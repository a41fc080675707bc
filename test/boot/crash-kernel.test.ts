import t from 'tap';
import { createBootObserver } from '../../src/boot/observer.ts';
import { diagnose } from './recorded-logs.ts';

const kernel =
  '[    0.000000] Linux version 6.1.0 (a@b) (gcc-12) #1\n[    0.900000] Run /init as init process\n';
const login = '\nhost login: ';
const panic = '[  300.100000] Kernel panic - not syncing: sysrq triggered crash\n';
const start = '[  300.200000] Starting crashdump kernel...\n[  300.200100] Bye!\n';
const run = 'kdump-tools[9]: running makedumpfile -F -c -d 31 /proc/vmcore | compress > /d\n';
const failed = 'kdump-tools[9]: makedumpfile Failed.\n';
const done = 'kdump-tools[9]: makedumpfile Completed.\n';
const saved = 'kdump-tools[9]: kdump-tools: saved vmcore in /var/crash/1.\n';
const restart = '[   20.000000] reboot: Restarting system\n';
const crash = kernel + login + panic + start + kernel;

const outcomeOf = (...text: string[]) => diagnose([Buffer.from(text.join(''))]).outcome;

t.test('a dump counts when the machine is back', (t) => {
  t.match(outcomeOf(crash, run, done, saved, restart, kernel, login), {
    id: 'dumped',
    generation: 3,
    captures: { panic: 'sysrq triggered crash', dump: '/var/crash/1' },
  });
  t.equal(outcomeOf(crash, run, done, saved, restart, kernel).id, 'kernel-panic', 'not back');
  t.equal(outcomeOf(crash, run, done, saved, restart).id, 'kernel-panic', 'not back');
  t.equal(outcomeOf(crash, run, done, saved).id, 'kernel-panic', 'not back');
  t.equal(outcomeOf(crash, run, done).id, 'kernel-panic', 'nothing says that it is saved');
  const silent = outcomeOf(crash, run, restart, kernel, login);
  t.match(silent, { id: 'kernel-panic', generation: 1 }, 'back, and nothing is known of the dump');
  t.equal(
    outcomeOf(crash, run, done, saved, restart, kernel, login, restart, kernel, login).id,
    'booted',
  );
  t.end();
});

t.test(
  'a late report of another CPU does not end the boot: the crash kernel is still to come',
  (t) => {
    const late = '[  300.200200] Unable to handle kernel paging request at virtual address 8\n';
    const observer = createBootObserver();
    observer.feed(Buffer.from(kernel + login + panic + start + late));
    t.notOk(observer.over);
    t.notOk(observer.settled);
    observer.feed(Buffer.from(kernel + run + done + saved + restart + kernel + login));
    observer.end({ reason: 'log-ended' });
    t.equal(observer.outcome().id, 'dumped');
    t.end();
  },
);

t.test('a failure counts until another try begins', (t) => {
  const back = restart + kernel + login;
  t.equal(outcomeOf(crash, run, failed, saved, back).id, 'dump-not-saved', 'kdump-config errs');
  t.equal(outcomeOf(crash, failed, run, done, saved, back).id, 'dumped', 'that was the dmesg');
  const copy = "kdump-tools[9]: kdump-tools: makedumpfile failed, falling back to 'cp'\n";
  t.equal(outcomeOf(crash, run, failed, copy, saved, back).id, 'dumped');
  const given = 'kdump-tools[9]: kdump-tools: failed to save vmcore in /var/crash/1 ... failed!\n';
  t.equal(outcomeOf(crash, run, given, back).id, 'dump-not-saved');
  t.equal(outcomeOf(crash, run, given).id, 'dump-not-saved', 'it need not be back');
  t.end();
});

t.test('a crash kernel that fails itself saves nothing', (t) => {
  const oom = '[    9.000000] Kernel panic - not syncing: System is deadlocked on memory\n';
  t.match(outcomeOf(crash, oom), { id: 'dump-not-saved', generation: 2 });
  t.equal(outcomeOf(crash, oom, restart, kernel, login).id, 'dump-not-saved');
  t.equal(outcomeOf(kernel, panic, start).id, 'kernel-panic', 'it may come');
  t.equal(outcomeOf(crash).id, 'kernel-panic', 'it may save the dump');
  t.equal(
    outcomeOf(crash, restart, kernel, login).id,
    'kernel-panic',
    'nothing is known of a dump',
  );
  t.end();
});

t.test('a failure of the service is not the outcome of another failure', (t) => {
  const load = 'kdump-tools[9]: failed to load kdump kernel ... failed!\n';
  t.equal(outcomeOf(kernel, load, login).id, 'crash-load-failed');
  t.match(outcomeOf(kernel, load, login, panic), {
    id: 'kernel-panic',
    meaning: /no crash kernel/,
  });
  const hole = 'Could not find a free area of memory of 0x1a00000 bytes...\n';
  t.match(outcomeOf(kernel, hole, load, login), {
    id: 'crash-load-failed',
    captures: { reason: 'failed to load kdump kernel' },
  });
  const none = 'kdump-tools[9]: no crashkernel= parameter in the kernel cmdline ... failed!\n';
  t.equal(outcomeOf(kernel, none, login).id, 'booted', 'nobody asked for a crash kernel');
  t.equal(
    outcomeOf(kernel, login, '\nroot@host:~# kdump-config load\n', none, 'root@host:~# ').id,
    'crash-not-reserved',
    'root did',
  );
  t.end();
});
