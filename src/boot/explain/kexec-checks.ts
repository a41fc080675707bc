/** The system calls that load a kernel. */
export type LoadCall = 'kexec_load' | 'kexec_file_load';

/** One check that the kernel makes before it takes an image, and the error number that it returns if the check fails. */
type LoadCheck = {
  errno: string;
  /** What is wrong then, as the end of a sentence that begins with "when". */
  when: string;
  /** The file and the function in Linux 6.12. */
  place: string;
};

const core = 'kernel/kexec_core.c';

/** Checks of both calls, after their own: the segments, the memory for the image, and what the architecture needs. */
const common: LoadCheck[] = [
  {
    errno: 'EADDRNOTAVAIL',
    when: 'a segment does not begin and end on a page, or lies above the highest usable address',
    place: `${core}: sanity_check_segment_list`,
  },
  {
    errno: 'EINVAL',
    when: 'two segments overlap',
    place: `${core}: sanity_check_segment_list`,
  },
  {
    errno: 'EINVAL',
    when: 'a segment has more data than room',
    place: `${core}: sanity_check_segment_list`,
  },
  {
    errno: 'EINVAL',
    when: 'the segments need more than half of the memory',
    place: `${core}: sanity_check_segment_list`,
  },
  {
    errno: 'EADDRNOTAVAIL',
    when: 'a segment of a crash kernel (kexec -p) lies outside the memory that crashkernel= reserved',
    place: `${core}: sanity_check_segment_list`,
  },
  {
    errno: 'ENOMEM',
    when: 'no memory outside the segments is free for the control page',
    place: `${core}: kimage_alloc_control_pages`,
  },
  {
    errno: 'EBUSY',
    when: 'on arm64, CPUs are stuck in the kernel, or cannot be stopped',
    place: 'arch/arm64/kernel/machine_kexec.c: machine_kexec_prepare',
  },
  {
    errno: 'EINVAL',
    when: 'on arm, the machine has several CPUs and no way to stop them',
    place: 'arch/arm/kernel/machine_kexec.c: machine_kexec_prepare',
  },
  {
    errno: 'EINVAL',
    when: 'on arm, a segment lies outside RAM',
    place: 'arch/arm/kernel/machine_kexec.c: machine_kexec_prepare',
  },
  {
    errno: 'ENOMEM',
    when: 'there is not enough free memory for a copy of the image',
    place: `${core}: kimage_load_segment`,
  },
];

/** The permission to load anything, which both calls check first. */
const permitted = (option: string): LoadCheck[] => [
  { errno: 'ENOSYS', when: `the kernel was built without ${option}`, place: 'kernel/sys_ni.c' },
  {
    errno: 'EPERM',
    when: 'the program lacks CAP_SYS_BOOT, kernel.kexec_load_disabled is 1, or kernel.kexec_load_limit_reboot is used up',
    place: `${core}: kexec_load_permitted`,
  },
];

const busy = 'another program is loading or unloading a kernel at the same time';

/** All checks of a call, in the order in which the kernel makes them. Read in Linux 6.12. */
export const loadChecks: Readonly<Record<LoadCall, readonly LoadCheck[]>> = {
  kexec_load: [
    ...permitted('CONFIG_KEXEC'),
    {
      errno: 'EPERM',
      when: 'a security module forbids the load',
      place: 'kernel/kexec.c: kexec_load_check',
    },
    {
      errno: 'EACCES',
      when: 'IMA must appraise the kernel (its policy under UEFI Secure Boot), which it can with kexec_file_load only',
      place: 'security/integrity/ima/ima_main.c: ima_load_data',
    },
    {
      errno: 'EPERM',
      when: 'the kernel is locked down (lockdown=, UEFI Secure Boot)',
      place: 'kernel/kexec.c: kexec_load_check',
    },
    {
      errno: 'EINVAL',
      when: 'the flags are unknown to this kernel, or there are more than 16 segments',
      place: 'kernel/kexec.c: kexec_load_check',
    },
    {
      errno: 'EINVAL',
      when: 'the image is for another architecture',
      place: 'kernel/kexec.c: kexec_load',
    },
    { errno: 'EBUSY', when: busy, place: 'kernel/kexec.c: do_kexec_load' },
    {
      errno: 'EADDRNOTAVAIL',
      when: 'the entry point of a crash kernel (kexec -p) lies outside the memory that crashkernel= reserved',
      place: 'kernel/kexec.c: kimage_alloc_init',
    },
    ...common,
  ],
  kexec_file_load: [
    ...permitted('CONFIG_KEXEC_FILE, or is for 32-bit arm, which does not have the call'),
    {
      errno: 'EINVAL',
      when: 'the flags are unknown to this kernel',
      place: 'kernel/kexec_file.c: kexec_file_load',
    },
    { errno: 'EBUSY', when: busy, place: 'kernel/kexec_file.c: kexec_file_load' },
    {
      errno: 'EPERM',
      when: 'a security module forbids reading the kernel for a kexec',
      place: 'kernel/kexec_file.c: kimage_file_prepare_segments',
    },
    {
      errno: 'EINVAL',
      when: 'on arm64, the file is not a plain Image (gzip, zboot, UKI and uImage are not)',
      place: 'arch/arm64/kernel/kexec_image.c: image_probe',
    },
    {
      errno: 'ENOEXEC',
      when: 'on other architectures, no loader of the kernel recognises the file',
      place: 'kernel/kexec_file.c: kexec_image_probe_default',
    },
    {
      errno: 'EPERM',
      when: 'the kernel is locked down, and the file has no signature that it trusts',
      place: 'kernel/kexec_file.c: kimage_validate_signature',
    },
    {
      errno: 'EKEYREJECTED, ENOKEY, ENODATA, EBADMSG',
      when: 'CONFIG_KEXEC_SIG_FORCE is set, and the file has no signature that the kernel trusts',
      place: 'kernel/kexec_file.c: kimage_validate_signature',
    },
    {
      errno: 'EINVAL',
      when: 'on arm64, the header of the Image has no size, or its byte order or page size does not suit the CPU',
      place: 'arch/arm64/kernel/kexec_image.c: image_load',
    },
    {
      errno: 'EADDRNOTAVAIL',
      when: 'no free range of memory is large enough for the kernel, the initrd or the device tree',
      place: 'kernel/kexec_file.c: kexec_locate_mem_hole',
    },
    ...common,
  ],
};

/** What strerror(3) prints for these numbers: glibc's text, then musl's where it differs. */
const errnoTexts: Record<string, string> = {
  'Operation not permitted': 'EPERM',
  'Permission denied': 'EACCES',
  'Invalid argument': 'EINVAL',
  'Cannot assign requested address': 'EADDRNOTAVAIL',
  'Address not available': 'EADDRNOTAVAIL',
  'Exec format error': 'ENOEXEC',
  'Device or resource busy': 'EBUSY',
  'Resource busy': 'EBUSY',
  'Function not implemented': 'ENOSYS',
  // kexec -s does not pass ENOSYS on: it prints "syscall kexec_file_load not available."
  'not available': 'ENOSYS',
  'Cannot allocate memory': 'ENOMEM',
  'Out of memory': 'ENOMEM',
  'Key was rejected by service': 'EKEYREJECTED',
  'Required key not available': 'ENOKEY',
  'No data available': 'ENODATA',
  'Bad message': 'EBADMSG',
};

/** A system call that failed: which, how, and every check that can have failed, first things first. */
export type FailedLoad = { call: LoadCall; errno: string; checks: readonly LoadCheck[] };

/** Reads a line such as `kexec_load failed: Invalid argument`; null if it does not name a call and a known error. */
export function failedLoad(line: string): FailedLoad | null {
  const call = /kexec_file_load/.test(line)
    ? 'kexec_file_load'
    : /kexec_load/.test(line)
      ? 'kexec_load'
      : null;
  const text = Object.keys(errnoTexts).find((known) => line.includes(known));
  const errno =
    text === undefined ? /\bE(?:[A-Z]{3,})\b/.exec(line)?.[0] : (errnoTexts[text] ?? undefined);
  if (call === null || errno === undefined) return null;
  const checks = loadChecks[call].filter((check) => check.errno.split(', ').includes(errno));
  return checks.length === 0 ? null : { call, errno, checks };
}

/** The failed checks as one sentence. */
export function describeChecks({ call, errno, checks }: FailedLoad): string {
  const conditions = checks.map(({ when }) => when);
  return conditions.length === 1
    ? `${call} returns ${errno} when ${conditions[0]}.`
    : `In the order of the kernel's checks, ${call} returns ${errno} when ${conditions.join('; ')}.`;
}
