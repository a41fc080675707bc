import t from 'tap';
import { diagnose } from '../recorded-logs.ts';

/** What is recognised in the lines, as `line signature`. */
function seen(...lines: string[]): string[] {
  const { signals } = diagnose([Buffer.from(lines.join('\n'))]);
  return signals.map(({ line, signature }) => `${line} ${signature}`);
}

t.test('kernel text is found in the middle of a program’s line', (t) => {
  t.strictSame(seen('** Message: /dev/nbd1[   30.960773] Bye!', '0 is not used'), ['1 kexec-bye']);
  t.strictSame(seen('x<6>[   30.960773][    T1] Bye!'), ['1 kexec-bye']);
  t.end();
});

t.test('a program’s line the kernel cut in two, or in three, is put together again', (t) => {
  const two = seen('/init: line 337: kexec: not fo[   12.300000] random: crng init done', 'und');
  t.strictSame(two.sort(), ['1 crng-ready', '1 kexec-not-found']);
  const three = diagnose([
    Buffer.from(
      '/init: line 3[   12.300000] a: b\n[   12.310000] c: d\n37: kexec: n[   12.320000] e: f\not found\n',
    ),
  ]).signals;
  t.match(three, [{ line: 1, text: '/init: line 337: kexec: not found', guestSeconds: null }]);
  t.end();
});

t.test('a line that was complete when the kernel spoke is seen, and only once', (t) => {
  t.strictSame(seen('/init: line 5: kexec: not found[   12.300000] a: b', '', 'more'), [
    '1 kexec-not-found',
  ]);
  t.strictSame(seen('/init: line 5: kexec: not found[   12.300000] a: b', 'other text'), [
    '1 kexec-not-found',
  ]);
  t.end();
});

t.test('a prompt is not joined to what comes after the kernel text', (t) => {
  t.strictSame(seen('kexec-lab login: [   40.053068] kexec_core: Starting new kernel'), [
    '1 login-prompt',
    '1 kexec-start',
  ]);
  t.strictSame(seen('(initramfs) [   40.053068] a: b', '/init: line 5: kexec: not found'), [
    '1 initramfs-tools-prompt',
    '2 kexec-not-found',
  ]);
  t.strictSame(seen('Last login: [    6.100200] eth0: link up', 'Mon Dec 17'), []);
  t.end();
});

t.test('what was cut off by the end of a kernel is still heard', (t) => {
  t.strictSame(
    seen(
      '/init: line 5: kexec: not found[   12.300000] a: b',
      '[    0.000000] Booting Linux on physical CPU 0x0',
    ),
    ['1 kexec-not-found', '2 kernel-booting'],
  );
  t.end();
});

t.test('a record cut off by a reset does not hide the next kernel', (t) => {
  t.strictSame(
    seen('[   12.300000] usb 1-1: new hi[    0.000000] Booting Linux on physical CPU 0x0'),
    ['1 kernel-booting'],
  );
  t.end();
});

t.test('without time stamps kernel text counts where it cuts a word or a prompt', (t) => {
  const kernel = 'Booting Linux on physical CPU 0x0';
  t.strictSame(seen(kernel, 'nbd6 is not usedkexec_core: Starting new kernel').slice(1), [
    '2 kexec-start',
  ]);
  t.strictSame(seen(kernel, 'old login: kexec_core: Starting new kernel').slice(1), [
    '2 login-prompt',
    '2 kexec-start',
  ]);
  t.strictSame(seen(kernel, 'say "kexec_core: Starting new kernel').slice(1), []);
  t.strictSame(seen(kernel, 'and Kernel panic - not syncing: x').slice(1), []);
  t.end();
});

t.test('a kernel that stamps its records says nothing without a stamp', (t) => {
  const stamped = '[    1.000000] a: b';
  t.strictSame(seen(stamped, 'Kernel panic - not syncing: a script about panics'), []);
  t.strictSame(seen(stamped, 'Booting Linux on physical CPU 0x0'), ['2 kernel-booting']);
  t.end();
});

t.test('the clock of the record comes with the signal', (t) => {
  const [signal] = diagnose([Buffer.from('[  129.700758] Bye!\n')]).signals;
  t.match(signal, { text: '[  129.700758] Bye!', guestSeconds: 129.700758 });
  t.end();
});

t.test('time stamps of recording tools are looked through', (t) => {
  for (const prefix of [
    '2018-12-21T10:00:01.1234567Z ',
    '[2018-12-21 10:00:01.123] ',
    '2018-12-21 10:00:01,123: ',
    '[10:00:01.123] ',
    '10:00:01 ',
    'Dec 21 10:00:01 ',
    'Dec  1 10:00:01 c1 kernel: ',
  ]) {
    t.strictSame(seen(`${prefix}[  129.700758] Bye!`), ['1 kexec-bye'], prefix);
    const shell = [`${prefix}>>> one`, `${prefix}/init: line 5: kexec: not found`];
    t.strictSame(seen(...shell), ['1 scaleway-message', '2 kexec-not-found'], prefix);
  }
  t.strictSame(
    seen(
      'Dec 21 10:00:01 c1 cron[12]: (CRON) INFO',
      'Dec 21 10:00:01 c1 systemd[1]: Freezing execution.',
    ),
    ['2 systemd-frozen'],
  );
  t.end();
});

t.test('words and prompts of boot loaders are a loader’s only while one speaks', (t) => {
  const words = ['error: file `/x` not found.', 'Bad Data CRC', 'myboard# '];
  t.strictSame(seen('[    0.500000] Run /sbin/init as init process', ...words), ['1 init-runs']);
  t.strictSame(seen('Welcome to GRUB!', ...words), [
    '1 grub-welcome',
    '2 grub-error',
    '3 u-boot-error',
    '4 loader-prompt',
  ]);
  t.end();
});

t.test('the shell of a kernel that was told to be quiet is no boot loader’s', (t) => {
  for (const prompt of ['root@web1:~# ', 'sh-5.2# ', 'bash-5.2$ ', '/ # ']) {
    const { outcome } = diagnose([Buffer.from(`Welcome to GRUB!\n${prompt}`)]);
    t.not(outcome.id, 'firmware-stuck', prompt);
  }
  t.end();
});

t.test('a very long line keeps the signals at its end, but no false start', (t) => {
  const noise = 'x'.repeat(10_000);
  t.strictSame(seen(`${noise}[   30.960773] Bye!`), ['1 kexec-bye']);
  t.strictSame(seen(`${noise}>>> kexec: kernel not found`), []);
  t.end();
});
