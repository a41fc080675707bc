import type { Signature } from './signature.ts';

const load = {
  origin: 'userspace',
  stage: 'userspace',
  meaning: 'crash-load-failed',
  kmsg: true,
} as const;
const notReserved = { ...load, outcome: 'crash-not-reserved' } as const;
const loadFailed = { ...load, outcome: 'crash-load-failed' } as const;
const dump = { origin: 'userspace', kmsg: true } as const;

/** Crash kernels: the memory for one, loading it, and the dump that it saves. */
export const kdumpSignatures = [
  {
    ...notReserved,
    id: 'crash-memory-missing',
    pattern: /^(?<reason>Memory for crashkernel is not reserved)$/,
    description: '`kexec -p` found no memory that is reserved for a crash kernel',
    source: 'kexec-tools kexec/kexec.c',
  },
  {
    ...notReserved,
    id: 'kdump-not-reserved',
    // Services that are installed by default print this on every machine without crashkernel=.
    meaning: 'warning',
    pattern:
      /^(?: ?\* )?(?:kdump: )?(?<reason>no crashkernel= parameter in the kernel cmdline|No memory reserved for crash kernel)\b/,
    description: 'the kdump service found no memory that is reserved for a crash kernel',
    source: 'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils, kdumpctl',
  },
  {
    origin: 'kernel',
    id: 'crash-reservation-failed',
    meaning: 'warning',
    outcome: 'crash-not-reserved',
    pattern:
      /^(?<reason>cannot allocate crashkernel \(size:0x[0-9a-f]+\)|crashkernel reservation failed - .+|crashkernel: memory value expected|crashkernel low reservation failed.*|size of crash kernel memory unspecified, no memory reserved for crash kernel)/,
    description: 'the kernel could not reserve the memory that crashkernel= asks for',
    source:
      'Linux kernel/crash_reserve.c, kernel/crash_core.c, arch/arm64/mm/init.c, arch/arm/kernel/setup.c',
  },
  {
    ...loadFailed,
    id: 'kdump-load-failed',
    pattern:
      /^(?: ?\* )?(?:(?:kdump: )?(?:kexec: )?(?<reason>(?:failed|FAILED) to load kdump kernel)(?! segments)|\/etc\/default\/kdump-tools: (?<file>KDUMP_(?:KERNEL|INITRD) does not exist: [^\s.]\S*?)(?:\.*$| ))/,
    description: 'the kdump service could not load the crash kernel',
    source: 'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils, kdumpctl; SUSE kdump',
  },
  {
    ...dump,
    id: 'kdump-loaded',
    meaning: null,
    pattern: /^(?: ?\* )?(?:loaded kdump kernel\b|(?:kdump: )?kexec: loaded kdump kernel\b)/,
    description: 'the crash kernel is loaded',
    source: 'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils, kdumpctl',
  },
  {
    ...dump,
    id: 'dump-saved',
    meaning: 'dump-saved',
    pattern:
      /^(?: ?\* )?(?:kdump-tools: saved vmcore (?:in|via FTP in) (?<dump>\S+?(?: \d+)?)\.*(?: *done\.)?$|(?:kdump: )?saving vmcore complete$|Dump saving completed\.$)/,
    description: 'the crash kernel has saved the dump',
    source:
      'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils, kdump.sh; SUSE kdump, kdump-save',
  },
  {
    ...dump,
    id: 'dump-failed',
    meaning: 'dump-failed',
    outcome: 'dump-not-saved',
    pattern:
      /^(?: ?\* )?(?:kdump-tools: (?<reason>failed to save vmcore (?:in|via FTP in) .*?)\.*(?: *failed!)?$|(?:kdump: )?(?<saving>saving vmcore failed)\b)/,
    description: 'the crash kernel could not save the dump',
    source: 'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils, kdump.sh',
  },
  {
    ...dump,
    id: 'makedumpfile-failed',
    meaning: 'dump-failed',
    outcome: 'dump-not-saved',
    pattern: /^(?<reason>makedumpfile Failed\.)$/,
    description:
      'makedumpfile could not read or write the dump; kdump-tools may say that it is saved',
    source: 'makedumpfile makedumpfile.c',
  },
  {
    ...dump,
    id: 'makedumpfile-not-run',
    meaning: 'dump-failed',
    outcome: 'dump-not-saved',
    pattern:
      /^(?:(?:[\w./-]+|line \d+): )*(?<reason>(?:\S*\/)?makedumpfile: (?:(?:command )?not found|[Pp]ermission denied|No such file or directory|Exec format error|cannot execute\b.*|error while loading shared libraries: .+|symbol lookup error: .+))$/,
    description: 'makedumpfile could not be started; kdump-tools may say that the dump is saved',
    source: "dash, bash and BusyBox ash, glibc's dynamic linker",
  },
  {
    ...dump,
    id: 'dump-begins',
    meaning: 'dump-begins',
    pattern:
      /^(?: ?\* )?(?:kdump-tools: )?(?:makedumpfile Completed\.$|makedumpfile failed, (?:falling back to|retrying with)|running (?:makedumpfile (?!--dump-dmesg)|cp )|sending (?:makedumpfile |\/proc\/vmcore )|(?:kdump: )?saving vmcore$)/,
    description:
      'the crash kernel begins to save the dump, or another try; earlier failures do not count',
    source: 'Debian and Ubuntu kdump-tools, kdump-config; Fedora kdump-utils; makedumpfile.c',
  },
  {
    origin: 'kernel',
    id: 'dump-killed',
    meaning: 'dump-failed',
    outcome: 'dump-not-saved',
    pattern: /^(?<reason>Out of memory: Kill(?:ed)? process \d+ \((?:makedumpfile|kdump[\w.-]*)\))/,
    description:
      'the crash kernel has too little memory, so it killed the program that saves the dump',
    source: 'Linux mm/oom_kill.c',
  },
] as const satisfies readonly Signature[];
