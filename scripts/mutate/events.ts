import type { OutcomeId } from '../../src/model/vocabulary.ts';
import { outcomeIds } from '../../src/model/vocabulary.ts';
import type { KnownLog, Mutation } from './mutation.ts';
import type { Random } from './random.ts';

const shell = 'root@web1:~# ';
const login = `\n\nDebian GNU/Linux 12 web1 ttyAMA0\n\nweb1 login: root\n${shell}`;

/** Any outcome but a success: which of them depends on the second log, which may begin anywhere. */
const notBooted: readonly OutcomeId[] = outcomeIds.filter((id) => id !== 'booted');

/** Changes of what happens: the truth of each can be computed. */
export const events: Mutation[] = [
  {
    name: 'the tail cut off',
    apply: (log, random) => log.subarray(0, random.below(log.length)),
    truth: ({ outcome }, changed) => whatACutMayShow(outcome, changed.toString('latin1')),
  },
  afterLogin(
    'a failure quoted at a prompt',
    (random, all) => {
      const quoted = random.pick(all).bytes.toString('latin1');
      const command = random.pick([
        'dmesg',
        'cat /var/log/old-console.log',
        'journalctl -b -1 -k',
        'less boot.txt',
      ]);
      return `${login}${command}\n${quoted.replace(/\s*$/, '')}\n${shell}`;
    },
    ['booted'],
  ),
  afterLogin(
    'a failure in the message of the day',
    (random) =>
      `\n\nweb1 login: root\n\nNotes for those on duty:\n${random.pick(['=> ', 'grub> ', 'Shell> ', '(initramfs) '])}\nif you see that, call somebody.\n${shell}`,
    ['booted'],
  ),
  afterLogin(
    'a reset, and firmware at its work',
    (random) =>
      `\n\n${random.pick(['U-Boot 2023.01 (Jan 10 2023 - 10:00:00 +0000)\n\nDRAM:  1 GiB\n', 'UEFI firmware (version 2023.05 built at 10:00:00 on May  5 2023)\n', 'U-Boot 2022.07 (Jul 10 2022 - 10:00:00 +0000)\n\nHit any key to stop autoboot:  0 \nStarting kernel ...\n\n'])}`,
    ['unknown', 'kernel-silent', 'reboot-loop'],
  ),
  afterLogin(
    'a reset, and a kernel that begins',
    () =>
      '\n[99999.100000] reboot: Restarting system\n[    0.000000] Booting Linux on physical CPU 0x0\n[    0.000000] Linux version 6.1.0-50-armmp (a@b) (gcc) #1 SMP\n[    0.100000] x: y\n',
    ['unknown', 'reboot-loop'],
  ),
  afterLogin('a reset', () => '\n[99999.100000] reboot: Restarting system\n', [
    'unknown',
    'reboot-loop',
  ]),
  afterLogin(
    'an oops, and nothing more',
    (random) =>
      `\n[99999.100000] ${random.pick(['Internal error: Oops: 0000000096000004 [#1] SMP', 'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000018', 'kernel BUG at mm/slub.c:435!', 'Oops: 0002 [#1] PREEMPT SMP NOPTI'])}\n[99999.100100] CPU: 0 PID: 77 Comm: x Not tainted\n`,
    ['kernel-panic'],
  ),
  afterLogin(
    'a panic',
    () => '\n[99999.100000] Kernel panic - not syncing: Fatal exception in interrupt\n',
    ['kernel-panic'],
  ),
  afterLogin(
    'lock-ups to the end',
    (random) => {
      const word = random.pick([
        'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [x:1]',
        'rcu: INFO: rcu_preempt self-detected stall on CPU',
        'INFO: task jbd2:88 blocked for more than 120 seconds.',
      ]);
      return `\n${[1, 2, 3].map((round) => `[${99_999 + 130 * round}.000000] ${word}\n`).join('')}`;
    },
    ['kernel-hang'],
  ),
  afterLogin(
    'an oops that a shell outlives',
    () =>
      `${login}\n[99999.100000] Internal error: Oops: 0000000096000004 [#1] SMP\n[99999.100200] ---[ end trace 0000000000000000 ]---\n${shell}uptime\n 10:00:00 up 1 day\n${shell}`,
    ['booted'],
  ),
  afterLogin('an orderly power-off', () => '\n[99999.100000] reboot: Power down\n', ['booted']),
  afterLogin('a kexec, and nothing more', () => jump, ['bye-hang']),
  afterLogin('a kexec into a kernel that gets nowhere', () => jump + kernel('6.12.0-5-arm64'), [
    'unknown',
    'reboot-loop',
  ]),
  afterLogin(
    'a kexec, a reset without a word, and the old kernel',
    () => `${jump}${kernel('6.12.0-5-arm64')}${kernel('6.1.0-50-arm64')}\n\nweb1 login: `,
    notBooted,
  ),
  afterLogin(
    'a kexec, a reset through firmware, and the old kernel',
    () =>
      `${jump}${kernel('6.12.0-5-arm64')}\n\nweb1 login: \n\nU-Boot 2023.01 (Jan 10 2023 - 10:00:00 +0000)\n\nStarting kernel ...\n\n${kernel('6.1.0-50-arm64')}\n\nweb1 login: `,
    notBooted,
  ),
  afterLogin(
    'a kexec, and the next system',
    () => `${jump}${kernel('6.12.0-5-arm64')}\n\nweb1 login: `,
    ['booted', 'reboot-loop'],
  ),
  afterLogin(
    'a crash kernel that comes up',
    (random) =>
      `\n[99999.100000] Kernel panic - not syncing: sysrq triggered crash\n[99999.200000] ${random.pick(['Starting', 'Loading'])} crashdump kernel...\n[99999.300000] Bye!\n${kernel('6.1.0-50-arm64')}\n\nkdump login: `,
    ['kernel-panic'],
  ),
  {
    name: 'the head cut off',
    apply: (log, random) => log.subarray(random.below(log.length)),
    truth: ({ outcome }, changed) => [
      outcome,
      ...whatACutMayShow(outcome, changed.toString('latin1')),
    ],
  },
  {
    name: 'one line lost',
    apply: (log, random) => {
      const lines = log.toString('latin1').split('\n');
      lines.splice(random.below(lines.length), 1);
      return Buffer.from(lines.join('\n'), 'latin1');
    },
    truth: ({ outcome }, changed) => [
      outcome,
      ...whatACutMayShow(outcome, changed.toString('latin1')),
    ],
  },
  {
    name: 'another log behind one that booted',
    apply: (log, random, known, all) => {
      const next = random.pick(all.filter(({ outcome }) => outcome !== 'booted'));
      return known.outcome === 'booted' && starts(next)
        ? Buffer.concat([log, Buffer.from('\n'), next.bytes])
        : null;
    },
    truth: () => notBooted,
  },
];

const jump = '\n[99999.100000] kexec_core: Starting new kernel\n[99999.200000] Bye!\n';

function kernel(release: string): string {
  return `[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]\n[    0.000000] Linux version ${release} (a@b) (gcc) #1 SMP Debian\n[    0.900000] Run /init as init process\n`;
}

/** Whether the log begins with a machine that starts, so that what came before is over. */
function starts({ bytes }: KnownLog): boolean {
  return /^(?:\[ *0\.0+\] )?(?:Booting Linux|Linux version|U-Boot 20|UEFI firmware)/.test(
    bytes.toString('latin1', 0, 200).replace(/^(?:\u001b\[[\d;=?]*[A-Za-z])+/, ''),
  );
}

function afterLogin(
  name: string,
  more: (random: Random, all: readonly KnownLog[]) => string,
  truth: readonly OutcomeId[],
): Mutation {
  return {
    name,
    apply: (log, random, known, all) =>
      known.outcome === 'booted' && endsAtPrompt(log)
        ? Buffer.concat([log, Buffer.from(more(random, all), 'latin1')])
        : null,
    truth: () => truth,
  };
}

/** Only there what is put behind it can happen. */
function endsAtPrompt(log: Buffer): boolean {
  return /login: *\s*$|[#$] *\s*$/.test(
    log.toString('latin1').replace(/\u001b\[[\d;]*[A-Za-z]/g, ''),
  );
}

/** A log that ends earlier shows what the whole shows, nothing, or what its words show as far as they go. */
function whatACutMayShow(whole: OutcomeId, text: string): OutcomeId[] {
  const may: OutcomeId[] = ['unknown'];
  const add = (outcome: OutcomeId, words: RegExp): void => {
    if (words.test(text)) may.push(outcome);
  };
  if (text.trim() === '') may.push('no-output');
  if (whole !== 'booted') may.push(whole);
  add('booted', /login:|Please press Enter|Multi-User System|Graphical Interface|[~/] ?#/);
  add('bye-hang', /Bye!|Starting new kernel/);
  add('wrong-kernel', /Bye!/);
  add('kernel-silent', /Starting kernel|Exiting boot services|Uncompressing Linux/);
  add('kexec-load-failed', />>> kexec: |kexec/);
  add(
    'kernel-panic',
    /Oops|BUG|panic|Unable to handle|Unhandled|SError|\[#\d+\]|Bad mode|overflow/,
  );
  add('kernel-hang', /lockup|LOCKUP|stall|blocked|starved|Error: /);
  add('irq-storm', /nobody cared|Disabling IRQ|nexpected IRQ/);
  add('entropy-blocked', /random/);
  add('firmware-stuck', /BdsDxe|Shell>|=>|grub|error:|ERROR|Exception|Wrong Image|Bad |map:/);
  add('rescue-shell', /emergency|maintenance|shell|\(initramfs\)|Rescue|open a console|rescue/);
  add(
    'root-missing',
    /does not exist|Gave up waiting|Waiting for root|timeout|Timed out|nbd|No root/,
  );
  add('root-mount-failed', /mount/);
  add('initramfs-corrupt', /nitramfs|initrd|RAMDISK/);
  add('no-init', /init/);
  add('reboot-loop', /Restarting|UEFI firmware|U-Boot|Rebooting|Bye!/);
  return may;
}
