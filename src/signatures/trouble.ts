import type { Signature } from './signature.ts';

const kernel = { origin: 'kernel', meaning: 'warning' } as const;
const random = 'Linux drivers/char/random.c';

/**
 * Signs that a kernel makes no progress: lockups, unhandled interrupts, missing entropy. A slow emulator causes some,
 * too.
 */
export const troubleSignatures = [
  {
    ...kernel,
    id: 'soft-lockup',
    outcome: 'kernel-hang',
    pattern: /^(?:(?:NMI )?watchdog: )?(?<reason>BUG: soft lockup - CPU#\d+ stuck for \d+s!.*)/,
    description: 'one CPU has run kernel code for many seconds without scheduling',
    source: 'Linux kernel/watchdog.c',
  },
  {
    ...kernel,
    id: 'rcu-stall',
    outcome: 'kernel-hang',
    pattern:
      /^(?:rcu: )?(?<reason>INFO: \w+ (?:self-)?detected (?:expedited )?stalls? on (?:CPUs?|tasks).*|\w+ kthread (?:timer wakeup didn't happen|starved) for \d+ jiffies!.*)/,
    description: 'a CPU or a task has blocked RCU for many seconds',
    source: 'Linux kernel/rcu/tree_stall.h, kernel/rcu/tasks.h',
  },
  {
    ...kernel,
    id: 'hung-task',
    outcome: 'kernel-hang',
    pattern:
      /^(?<reason>INFO: task (?<task>\S+) blocked (?:in I\/O wait )?for more than \d+ seconds)/,
    description: 'a program has been blocked in the kernel for two minutes',
    source: 'Linux kernel/hung_task.c',
  },
  {
    ...kernel,
    id: 'hard-lockup',
    outcome: 'kernel-hang',
    pattern:
      /^(?:(?:NMI )?watchdog: )?(?<reason>Watchdog detected hard LOCKUP on cpu \d+|CPU \d+ (?:self-)?(?:detected )?[Hh]ard LOCKUP.*)/,
    description: 'one CPU has not handled interrupts for many seconds',
    source: 'Linux kernel/watchdog.c, kernel/watchdog_hld.c before 6.5',
  },
  {
    ...kernel,
    id: 'workqueue-lockup',
    outcome: 'kernel-hang',
    pattern: /^(?<reason>BUG: (?:workqueue lockup - pool .*stuck for \d+s!|spinlock lockup\b.*))/,
    description: "the kernel's worker threads are stuck, or a lock is never released",
    source: 'Linux kernel/workqueue.c, lib/spinlock_debug.c',
  },
  {
    ...kernel,
    id: 'nbd-lost',
    outcome: 'root-missing',
    pattern:
      /^block (?<device>nbd\d+): (?<reason>Receive control failed \(result -\d+\)|Dead connection|Connection timed out|Wrong magic)/,
    description: 'the connection to the server of a network block device was lost',
    source: 'Linux drivers/block/nbd.c',
  },
  {
    ...kernel,
    id: 'irq-nobody-cared',
    outcome: 'irq-storm',
    pattern: /^irq (?<irq>\d+): nobody cared/,
    description: 'an interrupt keeps firing and no driver handles it',
    source: 'Linux kernel/irq/spurious.c',
  },
  {
    ...kernel,
    id: 'irq-disabled',
    outcome: 'irq-storm',
    pattern: /^Disabling IRQ #(?<irq>\d+)/,
    description: 'the kernel disabled that interrupt; devices that need it stop working',
    source: 'Linux kernel/irq/spurious.c',
  },
  {
    ...kernel,
    id: 'irq-unexpected',
    outcome: 'irq-storm',
    pattern: /^[Uu]nexpected IRQ trap at vector (?<irq>[0-9a-f]+)/,
    description: 'an interrupt that no driver has set up',
    source: 'Linux include/asm-generic/hardirq.h, arch/arm/include/asm/hardirq.h',
  },
  {
    origin: 'kernel',
    id: 'crng-ready',
    meaning: null,
    pattern: /^random: (?:crng init done|nonblocking pool is initialized)/,
    description: 'getrandom(2) no longer blocks',
    source: random,
  },
  {
    origin: 'initramfs',
    id: 'getrandom-took',
    meaning: null,
    pattern: /^kexec-lab: getrandom=(?:(?<seconds>\d+(?:\.\d+)?)|blocked)$/,
    description: 'how long getrandom(2) blocked the first program that called it, in seconds',
    source: 'images/debian-system, a script of the initrd',
  },
  {
    origin: 'kernel',
    id: 'urandom-early',
    meaning: null,
    pattern: /^random: (?<task>\S+): uninitialized urandom read/,
    description: 'a program read random numbers before the kernel had any',
    source: random,
  },
  {
    origin: 'userspace',
    id: 'getrandom-traced',
    meaning: 'warning',
    outcome: 'entropy-blocked',
    pattern: /^(?:\[pid +\d+\] )?(?<reason>getrandom)\([^)]*$/,
    description: 'strace shows a call of getrandom(2) that has not returned',
    source: 'strace',
  },
  {
    ...kernel,
    id: 'random-wait',
    outcome: 'entropy-blocked',
    pattern:
      /^ *(?:\[<[0-9a-f]+>\] )?\(?(?<reason>wait_for_random_bytes|_random_read|(?:__arm64_)?sys_getrandom|SyS_getrandom)(?:\+0x|\) from)/,
    description: 'the stack of a blocked task shows that it waits for random numbers',
    source: random,
  },
] as const satisfies readonly Signature[];

const complaint = {
  origin: 'initramfs',
  stage: 'initramfs',
  meaning: 'root-doubt',
  fallback: true,
  kmsg: true,
  source: 'any initramfs',
} as const;

/**
 * General messages that any initramfs may print, for texts without a signature of their own. They count only while an
 * initramfs may run, and only if the boot gets no further.
 */
export const complaintSignatures = [
  {
    ...complaint,
    id: 'root-complaint',
    outcome: 'root-missing',
    pattern:
      /^(?!.*(?:[Mm]ount|fsck|swap|\/s?bin\/init\b|[Ss]kipping|Kernel panic|VFS: ))(?=.*(?:(?<device>\/dev\/(?!null|tty|console|pts|shm|rtc|watchdog|input|urandom|random)[\w/.-]*\w|(?:PART)?(?:UUID|LABEL)=[\w-]+)|\b[Rr]oot (?:block )?(?:device|disk|partition|volume|file ?system)|\brootfs\b|\broot=|\bmedi(?:a|um)\b|\blive (?:image|system|file)))(?=.*(?:not (?:be )?(?:found|appear|available|present|exist)|(?:doesn't|does not|didn't|did not) (?:exist|appear|show)|never (?:appeared|showed)|[Nn]o such (?:file|device)|(?:[Cc]ould not|[Cc]ouldn't|[Cc]annot|[Cc]an't|[Uu]nable to|[Ff]ailed to|[Dd]id not) (?:find|locate|resolve|detect|determine)|[Tt]imed out|[Tt]imeout|[Gg]ave up|[Gg]iving up|is missing|not a valid))(?<reason>.*)$/,
    description: 'a program reports that it cannot find the root device',
  },
  {
    ...complaint,
    id: 'mount-complaint',
    outcome: 'root-mount-failed',
    pattern:
      /^(?!.*(?:Kernel panic|VFS: |\/proc|\/sys\b|\/dev\/pts|\/run|\/tmp|debugfs|tracefs|cgroup))(?=.*[Mm]ount)(?=.*(?:\broot|\/(?:sysroot|newroot|new_root|rootfs|mnt)\b|\/dev\/\w|(?:UUID|LABEL)=))(?=.*(?:[Ff]ailed|[Cc]annot|[Cc]an't|[Cc]ould not|[Cc]ouldn't|[Uu]nable|isn't mounted|wrong fs type|bad superblock))(?<reason>.*)$/,
    description: 'a program reports that it cannot mount the root file system',
  },
  {
    ...complaint,
    id: 'init-complaint',
    outcome: 'no-init',
    pattern:
      /^(?!\/?init\b)(?=.*(?:\/s?bin\/init\b|\binit (?:program|binary|process)|switch_root|switch root|pivot_root|OS tree))(?=.*(?:not (?:be )?(?:found|executable|seem)|(?:doesn't|does not) (?:exist|seem)|[Nn]o such file|[Cc]annot|[Cc]an't|[Cc]ould not|[Ff]ailed|[Uu]nable|is missing|denied|format error))(?<reason>.*)$/,
    description: "a program reports that it cannot start the system's first program",
  },
  {
    ...complaint,
    id: 'rescue-offered',
    meaning: 'rescue-doubt',
    pattern:
      /^(?!\[|Start(?:ing|ed) \S+\.service|.*(?:ssh|to (?:enter|get|open|start|run) ))(?:.{0,80}\b)?(?:(?:[Dd]ropp(?:ing|ed)|[Ff]alling|[Ff]ell|[Ss]pawning|[Ll]aunching|[Ss]tarting|[Ee]ntering|[Oo]pening)\b.{0,40} (?:shell|ash|bash|sh|console)\b|(?:emergency|recovery|rescue|maintenance|repair|debug) (?:\w+ )?shell\b)/,
    description: 'a program offers a shell, because the boot cannot continue',
  },
] as const satisfies readonly Signature[];
