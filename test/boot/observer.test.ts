import t from 'tap';
import type { BootObserver } from '../../src/boot/observer.ts';
import { createBootObserver } from '../../src/boot/observer.ts';
import { readLog } from './recorded-logs.ts';

const banner = '[    0.000000] Booting Linux on physical CPU 0x0\n';
const bye = '[    4.000000] kexec_core: Starting new kernel\n[    4.100000] Bye!\n';

function watch(text: string, awaitGeneration?: number): BootObserver {
  const observer = createBootObserver(awaitGeneration === undefined ? {} : { awaitGeneration });
  observer.feed(Buffer.from(text));
  observer.peek();
  return observer;
}

/** `seconds` of silence, with ten samples each. */
function silence(
  observer: BootObserver,
  seconds: number,
  pc: (i: number) => bigint,
  busy = true,
): void {
  for (let i = 0; i <= seconds * 10; i += 1) {
    const cpuMs = busy ? 1000 + i * 98 : 1000;
    const guest = { guestSeconds: Math.floor(i / 10), executedSeconds: i / 10 };
    observer.sample({
      at: 5000 + i * 100,
      pcs: [pc(i)],
      asleep: !busy,
      registers: String(pc(i)),
      cpuMs,
      runnableMs: cpuMs,
      ...guest,
    });
  }
}

const dead = (): bigint => 0x4008_0000n;
const working = (i: number): bigint => 0x4008_0000n + BigInt(i * 400);
const idle = (): bigint => 0xffff_8000_0801_0000n;

t.test('a live bye-hang rests on silence and on samples', (t) => {
  const observer = watch(banner + bye);
  t.notOk(observer.settled);
  silence(observer, 1, dead);
  t.notOk(observer.settled, 'one second is not enough');
  silence(observer, 3, dead);
  t.ok(observer.settled);
  observer.end({ reason: 'stopped', silentMs: 3600 });
  const { id, generation, stage, evidence, meaning } = observer.outcome();
  t.match({ id, generation, stage }, { id: 'bye-hang', generation: 1, stage: 'kexec' });
  t.strictSame(
    evidence.map(({ signature }) => signature),
    ['kexec-bye', 'kexec-start', 'silence', 'cpu-samples'],
  );
  t.match(evidence[2]?.text, /\b3\.6 s\b/);
  t.match(evidence[3]?.text, /^CPU stuck: .*\b0x40080000\b/);
  t.matchSnapshot([...evidence.slice(2).map(({ text }) => text), meaning].join('\n'), 'words');
  t.end();
});

t.test('silence alone proves nothing', (t) => {
  const observer = watch(banner + bye);
  silence(observer, 20, working);
  t.notOk(observer.settled);
  t.notOk(observer.becomingCertain, 'nor will it');
  observer.end({ reason: 'stopped', silentMs: 20_000, detail: 'silent for 20 s of guest time' });
  const { id, evidence, meaning } = observer.outcome();
  t.equal(id, 'unknown');
  t.ok(evidence.some(({ signature }) => signature === 'cpu-samples'));
  t.match(meaning, /\b20 s\b/);
  t.end();
});

t.test('where nothing is proved, the CPUs are shown as well', (t) => {
  const observer = watch(banner);
  silence(observer, 3, working);
  observer.end({ reason: 'stopped', silentMs: 3000, detail: 'the limit was reached' });
  const { id, evidence } = observer.outcome();
  t.equal(id, 'unknown');
  t.match(evidence.find(({ signature }) => signature === 'cpu-samples')?.text, /^CPU busy: \d+ /);
  t.end();
});

t.test('a machine gets on while it is seen in states that are new', (t) => {
  const observer = watch(banner + bye);
  t.notOk(observer.gettingOn, 'nobody has looked yet');
  silence(observer, 3, working);
  t.ok(observer.gettingOn);
  silence(observer, 0, () => working(7));
  t.notOk(observer.gettingOn, 'it was there before');
  silence(observer, 0, () => working(100));
  t.ok(observer.gettingOn, 'it was not there yet');
  silence(observer, 0, () => working(200), false);
  t.notOk(observer.gettingOn, 'it sleeps');
  observer.feed(Buffer.from('[    5.000000] a word\n'));
  silence(observer, 0, () => working(7));
  t.ok(observer.gettingOn, 'another silence, nothing seen in it yet');
  t.end();
});

t.test('a second kernel that is alive but silent has lost its console', (t) => {
  const observer = watch(banner + bye);
  silence(observer, 20, idle, false);
  t.notOk(observer.settled, 'it may be waiting for a disk');
  t.ok(observer.becomingCertain, 'but that can be told soon');
  silence(observer, 40, idle, false);
  t.ok(observer.settled);
  t.match(observer.outcome(), { id: 'console-lost', stage: 'kexec', generation: 1 });
  t.end();
});

t.test('an initramfs that waits for somebody is neither dead nor mute', (t) => {
  const kexecFailed = readLog('post-vps-no-kexec.log').toString();
  const waits = '>>> **DEBUG DROPBEAR** (requested from the TAGS metadata of the server)\n';
  for (const before of [`${banner}>>> Installing busybox...\n`, kexecFailed]) {
    for (const last of [waits, `**DEBUG SHELL** (requested from the user)\n/ # `]) {
      for (const look of [dead, idle]) {
        const observer = watch(before + last);
        silence(observer, 120, look, look === dead);
        t.notOk(observer.settled);
        t.notOk(
          observer.becomingCertain,
          'it waits, that is certain; there is nothing more to prove',
        );
        const outcome = before === kexecFailed ? 'kexec-missing' : 'unknown';
        t.match(observer.outcome(), { id: outcome, generation: 1 });
      }
    }
  }
  t.end();
});

t.test('a word on the console revokes what the CPUs seemed to do', (t) => {
  for (const look of [dead, idle]) {
    const observer = watch(banner + bye);
    silence(observer, 40, look, look === dead);
    t.ok(observer.settled);
    observer.feed(Buffer.from('0 is not used\n'));
    t.notOk(observer.settled);
    observer.feed(Buffer.from(banner));
    t.strictSame(observer.position, { generation: 2, stage: 'kernel', line: 5 });
  }
  t.end();
});

t.test('a kernel or a firmware that goes silent and stuck', (t) => {
  const kernel = watch(banner);
  silence(kernel, 3, dead);
  t.ok(kernel.settled);
  t.match(kernel.outcome(), { id: 'kernel-hang', generation: 1, stage: 'kernel' });
  kernel.feed(Buffer.from('[    1.000000] late, but here\n'));
  t.notOk(kernel.settled);

  const stub = watch('EFI stub: Exiting boot services...\n');
  silence(stub, 3, dead);
  t.ok(stub.settled);
  t.match(stub.outcome(), { id: 'kernel-silent', generation: 0, stage: 'firmware' });
  stub.feed(Buffer.from('\n'));
  t.notOk(stub.settled);
  stub.end({ reason: 'stopped' });
  t.equal(stub.outcome().id, 'unknown', 'live it takes more than silence');

  const firmware = watch('EFI stub: Booting Linux Kernel...\n');
  silence(firmware, 3, dead);
  t.match(firmware.outcome(), { id: 'firmware-stuck', generation: 0, stage: 'firmware' });
  firmware.feed(Buffer.from('\n'));
  t.notOk(firmware.settled);
  t.end();
});

t.test('firmware that waits for longer than a menu counts down has stopped', (t) => {
  const firmware = (i: number): bigint => 0x5fae_d6c0n + BigInt((i % 2) * 0x5000);
  const observer = watch('BdsDxe: starting Boot0001 "some menu" from somewhere\n');
  silence(observer, 60, firmware, false);
  t.equal(observer.settled, false, 'EDK2 may count down for 65 s');
  silence(observer, 70, firmware, false);
  t.ok(observer.settled);
  observer.end({ reason: 'stopped' });
  t.match(observer.outcome(), { id: 'firmware-stuck', generation: 0 });
  t.match(observer.outcome().evidence.at(-1), { text: /^CPU waiting .*: .*\b0 % / });

  const kernel = watch(banner);
  silence(kernel, 100, firmware, false);
  t.equal(kernel.settled, false, 'of a kernel it proves nothing');
  t.end();
});

t.test('a menu that is painted after a pause is still a menu', (t) => {
  const observer = watch('UEFI firmware (version x built at y)\r\n');
  silence(observer, 3, working);
  observer.feed(Buffer.from('BdsDxe: starting Boot0000 "UiApp" from x\r\n'));
  silence(observer, 3, working);
  observer.feed(Buffer.from('\x1b[2J\x1b[01;01H\x1b[10;01H> Device Manager'));
  t.ok(observer.settled);
  t.match(observer.outcome(), { id: 'firmware-stuck', captures: { reason: 'UiApp' } });
  observer.feed(Buffer.from('\x1b[2J\x1b[01;01HBdsDxe: loading Boot0001 "x" from y\r\n'));
  t.notOk(observer.settled, 'somebody chose to boot');
  t.end();
});

t.test('programs that compute in silence are not taken for dead', (t) => {
  const observer = watch(`${banner}>>> Installing busybox...\n`);
  silence(observer, 40, dead);
  t.notOk(observer.settled);
  t.end();
});

t.test('the login prompt of an earlier kernel is no end while its kexec may come', (t) => {
  const observer = watch(`${banner}kexec-lab login: `, 2);
  t.notOk(observer.settled);
  observer.feed(Buffer.from('[   40.053068] kexec_core: Starting new kernel\n[   40.1] x\n'));
  t.equal(observer.position.stage, 'kexec');
  observer.feed(Buffer.from(`[   40.200000] Bye!\n${banner}kexec-lab login: `));
  t.notOk(observer.settled, 'the prompt has no newline: only a look at the quiet console shows it');
  observer.peek();
  t.ok(observer.settled);
  t.match(observer.outcome(), { id: 'booted', generation: 2, stage: 'userspace' });
  t.end();
});

t.test('the old kernel’s prompt is the end where its kexec has failed', (t) => {
  const observer = watch(`${banner}/init: line 3: kexec: not found\n`, 2);
  t.notOk(observer.settled);
  observer.feed(Buffer.from('kexec-lab login: '));
  observer.peek();
  t.ok(observer.settled);
  t.match(observer.outcome(), { id: 'kexec-missing', generation: 1, stage: 'kexec' });
  t.end();
});

t.test('a failure is settled once nothing more can come of it', (t) => {
  const lost = 'Failed to mount /dev/vda as root file system.\n';
  t.notOk(watch(banner + lost).settled);
  t.ok(watch(`${banner}${lost}(initramfs) \x1b[6n`).settled);
  t.ok(watch(`${banner}${lost}Rebooting automatically due to panic= boot argument\n`).settled);
  t.ok(watch(`${banner}[    1.000000] Kernel panic - not syncing: x\n`).settled);
  t.ok(watch('BdsDxe: No bootable option or device was found.\n').settled);
  t.end();
});

t.test('the proof of an earlier kernel is not that of a later one', (t) => {
  const proof = 'kexec-lab: release=6.1.0\nkexec-lab: root=/dev/vda1\n';
  const second = `${banner}[    0.000000] Linux version 6.12.9 (x) y\nkexec-lab login: \n`;
  const { captures, evidence } = watch(banner + proof + bye + second).outcome();
  t.equal(captures.release, '6.12.9');
  t.notOk('root' in captures);
  t.notOk(evidence.some(({ signature }) => signature.startsWith('proof')));
  t.end();
});

t.test('every log that settles does so with the outcome it ends with', (t) => {
  for (const log of [
    'vps-kexec-booted.log',
    'vps-wrong-root.log',
    'arm64-initramfs-no-kexec.log',
  ]) {
    const bytes = readLog(log);
    const observer = createBootObserver({ awaitGeneration: 2 });
    let at = 0;
    while (!observer.settled && at < bytes.length) {
      observer.feed(bytes.subarray(at, (at += 50)));
      observer.peek();
    }
    const early = observer.outcome().id;
    observer.feed(bytes.subarray(at));
    observer.end({ reason: 'stopped' });
    t.equal(early, observer.outcome().id, log);
  }
  t.end();
});

t.test('QEMU that ends by itself', (t) => {
  const nothing = watch(banner);
  nothing.end({ reason: 'qemu-exited', detail: 'guest-reset' });
  t.match(nothing.outcome(), {
    id: 'qemu-exited',
    evidence: [{ line: null, signature: 'qemu', text: 'guest-reset' }],
  });
  const jumped = watch(banner + bye);
  jumped.end({ reason: 'qemu-exited' });
  t.equal(jumped.outcome().id, 'qemu-exited');
  const failed = watch(`${banner}[    1.000000] Kernel panic - not syncing: x\n`);
  failed.end({ reason: 'qemu-exited', detail: 'guest-panic' });
  t.equal(failed.outcome().id, 'kernel-panic');
  const silent = createBootObserver();
  silent.end({ reason: 'stopped' });
  t.equal(silent.outcome().id, 'no-output');
  t.end();
});

t.test('before the end nothing is called unfinished', (t) => {
  const { id, meaning } = watch(banner).outcome();
  t.equal(id, 'unknown');
  t.matchSnapshot(meaning, 'words');
  t.match(watch(banner + bye).outcome(), { id: 'unknown', stage: 'kexec' });
  t.end();
});
