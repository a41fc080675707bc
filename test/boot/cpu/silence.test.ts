import t from 'tap';
import { certainty, lengthen, noSilence } from '../../../src/boot/cpu/silence.ts';
import { createBootObserver } from '../../../src/boot/observer.ts';
import type { CpuSample } from '../../../src/model/boot.ts';

/** Samples of CPUs that sleep on one spot outside a kernel, 100 ms apart, on a clock of the host. */
function asleep(count: number): CpuSample[] {
  return Array.from({ length: count }, (_, index) => ({
    at: index * 100,
    pcs: [0x5faf34d4n],
    registers: 'same',
    cpuMs: 1000 + index,
    runnableMs: 1500 + index,
    asleep: true,
    guestSeconds: 100 + index / 10,
    executedSeconds: null,
  }));
}

void t.test('CPUs that sleep on one spot are parked, and after any countdown they wait', (t) => {
  let silence = noSilence;
  const certain = asleep(700).map((sample) => certainty((silence = lengthen(silence, sample))));
  t.equal(certain[10], null, 'too few samples');
  t.equal(certain[30], 'parked');
  t.equal(certain[600], 'parked');
  t.equal(certain[690], 'waiting');
  t.end();
});

void t.test('firmware that counts down is not stuck; a kernel that sleeps there is', (t) => {
  const watch = (console: string, samples: number) => {
    const observer = createBootObserver({});
    observer.feed(Buffer.from(console));
    for (const sample of asleep(samples)) observer.sample(sample);
    return observer.over || observer.settled;
  };
  const firmware = 'UEFI firmware (version  built at 13:10:49 on Nov  5 2024)\r\n';
  t.equal(watch(firmware, 600), false, 'a countdown of a minute');
  t.equal(watch(firmware, 690), true, 'longer than any countdown');
  t.equal(watch(`${firmware}EFI stub: Exiting boot services...\n`, 60), true);
  t.equal(watch('[    4.0] kexec_core: Starting new kernel\n[    4.1] Bye!\n', 60), true);
  t.end();
});
