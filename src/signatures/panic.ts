import type { Signature } from './signature.ts';

const oops = { origin: 'kernel', meaning: 'warning', outcome: 'kernel-panic' } as const;
const reset = { origin: 'kernel', meaning: 'reset', source: 'Linux kernel/reboot.c' } as const;

/** Kernels that die, and machines that are reset or switched off. */
export const panicSignatures = [
  {
    origin: 'kernel',
    id: 'kernel-panic',
    meaning: 'panic',
    outcome: 'kernel-panic',
    pattern:
      /^Kernel panic(?: - not syncing)?: (?!VFS: Unable to mount root(?: fs|$)|No (?:working )?init found|Requested init |Attempted to kill init!)(?<panic>.*\S)/,
    description: 'the kernel has stopped, with the reason',
    source: 'Linux kernel/panic.c',
  },
  {
    ...oops,
    id: 'oops',
    pattern:
      /^(?<reason>Internal error: .+?|\S+\[\d+\]: (?:Oops|[A-Z][\w ]+ fault|NaT consumption|[\w ]+ [Ee]xception) \d+)(?: \[#?\d+\].*)?$/,
    description: 'the kernel hit a bug in its own code; it may or may not continue',
    source: 'Linux arch/arm64/kernel/traps.c, arch/arm/kernel/traps.c',
  },
  {
    ...oops,
    id: 'bad-access',
    pattern: /^(?<reason>Unable to handle kernel .+? at virtual address [0-9a-f]+)/,
    description: 'the kernel accessed memory that is not mapped',
    source: 'Linux arch/arm64/mm/fault.c, arch/arm/mm/fault.c',
  },
  {
    ...oops,
    id: 'serror',
    pattern: /^(?<reason>SError Interrupt on CPU\d+)/,
    description: 'the hardware reported an error that the kernel cannot attribute',
    source: 'Linux arch/arm64/kernel/traps.c',
  },
  {
    ...oops,
    id: 'unhandled-fault',
    pattern: /^(?<reason>Unhandled fault: .+)/,
    description: 'a memory access faulted in an unexpected way',
    source: 'Linux arch/arm/mm/fault.c',
  },
  {
    ...oops,
    id: 'kernel-bug',
    // Drivers print DEBUG:
    pattern:
      /^(?<reason>kernel BUG at \S+:\d+|(?<![A-Z])BUG: (?!soft lockup|workqueue lockup|spinlock lockup|spinlock bad magic|sleeping function|scheduling while atomic|using \S+\(\) in preemptible|using __this_cpu|KC?SAN|KASAN|KCSAN|KMSAN|KFENCE|UBSAN|Bad |MAX_|key |mapping_|non-zero |workqueue leaked|Invalid wait context|arch topology).+|Fixing recursive fault but reboot is needed!)/,
    description: 'a consistency check in the kernel failed',
    source: 'Linux lib/bug.c and callers',
  },
  {
    ...oops,
    id: 'die',
    // Every architecture numbers its oopses like this, after the name of the trap and its error code.
    pattern:
      /^(?=[^[]{3,110}\[#\d)(?!Internal error: )(?<reason>(?=.*(?:[Oo]ops|BUG|bug|trap|fault|illegal|invalid|error|opcode|[Ee]xception|overflow|abort|segment|int3))[A-Za-z][\w ,.:/()-]{2,100}?)(?:: [0-9a-f]{4,8})? \[#\d+\](?: |$)/,
    description:
      'a trap in the kernel: divide error, general protection fault, illegal instruction, …',
    source: 'Linux die() of x86, riscv, powerpc, s390 and others',
  },
  {
    ...oops,
    id: 'bad-mode',
    pattern:
      /^(?<reason>Bad mode in .+? handler detected.*|Insufficient stack space to handle exception!|Kernel stack overflow.*|PANIC: double fault.*)/,
    description: 'an exception that the kernel cannot handle',
    source: 'Linux arch/arm64/kernel/traps.c, arch/x86/kernel/traps.c',
  },
  {
    origin: 'firmware',
    id: 'early-exception',
    meaning: 'warning',
    outcome: 'kernel-panic',
    pattern: /^(?<reason>PANIC: early exception .+)/,
    description: 'an x86 kernel dies before it can print a regular report',
    source: 'Linux arch/x86/kernel/head_64.S, head64.c',
  },
  {
    origin: 'kernel',
    id: 'pc-at',
    meaning: 'trace',
    outcome: 'kernel-panic',
    fallback: true,
    pattern:
      /^(?:PC is at |pc : ?|epc : ?|RIP: \S+:|EIP: |NIP \[\w+\] )(?<function>[\w.]+\+0x[0-9a-f]+)/,
    description: 'the function in which the kernel faulted',
    source: 'Linux show_regs() of arm, arm64, riscv, x86 and powerpc',
  },
  {
    origin: 'kernel',
    id: 'soft-restart-fault',
    meaning: 'trace',
    outcome: 'kernel-panic',
    pattern: /^(?:LR is at|lr : ?) ?__soft_restart\+0x[0-9a-f]+/,
    description:
      'a 32-bit arm kernel cannot execute the code with which it leaves for the next kernel',
    source: 'Linux arch/arm/kernel/reboot.c, arch/arm/mm/idmap.c',
  },
  {
    origin: 'kernel',
    id: 'lpi-table-as-code',
    meaning: 'trace',
    outcome: 'kernel-panic',
    // The properties of four LPIs: priority 0xa0 (0xc0 since 6.11), group 1, and whether each is enabled.
    pattern: /^Code: (?:[0-9a-f]{8} )*\((?:[ac][23]){4}\)/,
    description: "the kernel's code was overwritten by the LPI property table of a GICv3",
    source: 'Linux arch/arm64/kernel/traps.c, drivers/irqchip/irq-gic-v3-its.c',
  },
  {
    origin: 'kernel',
    id: 'lpi-table-write',
    meaning: 'trace',
    outcome: 'kernel-panic',
    pattern: /^pc : (?<function>lpi_write_config\+0x[0-9a-f]+)/,
    description: 'the LPI property table of a GICv3 lies where the kernel cannot write',
    source: 'Linux drivers/irqchip/irq-gic-v3-its.c',
  },
  {
    origin: 'kernel',
    id: 'cut-here',
    meaning: null,
    pattern: /^8<--- cut here ---/,
    description: 'a 32-bit ARM kernel begins the report of a bug',
    source: 'Linux arch/arm/mm/fault.c, arch/arm/kernel/traps.c',
  },
  {
    ...reset,
    id: 'rebooting',
    pattern: /^(?:reboot: )?Restarting system(?: with command '.*')?\.?$/,
    description: 'the kernel resets the machine',
  },
  {
    ...reset,
    id: 'power-off',
    meaning: 'power-off',
    pattern: /^(?:reboot: )?(?:Power down|System halted)\.?$/,
    description: 'the kernel switches the machine off, as requested',
  },
  {
    ...reset,
    id: 'panic-reboot',
    pattern: /^Rebooting in (?<seconds>\d+) seconds\.\.$/,
    description: 'panic= on the command line: the panicked kernel will reset the machine',
    source: 'Linux kernel/panic.c',
  },
] as const satisfies readonly Signature[];
