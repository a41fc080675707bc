import type { Signature } from './signature.ts';

const kexec = { origin: 'userspace', stage: 'kexec' } as const;
const loadFailed = { ...kexec, meaning: 'failure', outcome: 'kexec-load-failed' } as const;
const source = 'kexec-tools kexec/kexec.c';

/** `kexec` itself, and shells that cannot find it. */
export const kexecToolsSignatures = [
  {
    ...kexec,
    id: 'kexec-not-found',
    meaning: 'failure',
    outcome: 'kexec-missing',
    pattern:
      /^(?:(?:-?[\w./-]+|line \d+): )*(?<program>(?:\.{0,2}\/[\w./-]*)?kexec): (?:command )?not found\s*$/,
    description: 'the shell found no program called kexec',
    source: 'BusyBox ash, dash, bash',
  },
  {
    ...kexec,
    id: 'kexec-not-runnable',
    meaning: 'failure',
    outcome: 'kexec-missing',
    pattern:
      /^(?:(?:-?[\w./-]+|line \d+): )*(?<program>(?:\.{0,2}\/[\w./-]*)?kexec): (?<reason>No such file or directory|[Pp]ermission denied|cannot execute: required file not found|Exec format error|cannot execute binary file.*|error while loading shared libraries: .+)\s*$/,
    description: 'kexec cannot be started',
    source: "bash and BusyBox ash, glibc's dynamic linker",
  },
  {
    ...kexec,
    id: 'kexec-needs-library',
    meaning: 'failure',
    outcome: 'kexec-missing',
    pattern:
      /^(?<reason>Error loading shared library \S+: .+) \(needed by (?<program>(?:\S*\/)?kexec)\)/,
    description: 'kexec is there, but a library that it needs is missing',
    source: "musl's dynamic linker",
  },
  {
    ...kexec,
    id: 'kexec-not-in-path',
    kmsg: true,
    meaning: 'failure',
    outcome: 'kexec-missing',
    pattern:
      /^(?:systemd\[1\]: )?(?:[\w./: -]+?: )?(?:command not found: (?<program>kexec)|(?:exec: )?["'‘](?<quoted>(?:[\w./-]*\/)?kexec)["'’]: (?:executable file not found.*|No such file or directory)|(?:fish: )?Unknown command:? '?(?<fish>kexec)'?|kexec: (?:inaccessible or not found|applet not found)|no (?<which>kexec) in \(.*\)|(?:[\w@.-]+: )?(?:can't exec(?:ute)?|cannot execute|[Ff]ailed to (?:run|execute|locate executable)|Failed at step EXEC spawning|unable to (?:run|execute|find)) (?:command )?[‘'"]?(?<run>(?:[\w./-]*\/)?kexec)[’'"]?: (?<reason>.+))\s*$/,
    description: 'a shell, env, sudo or another program found no kexec',
    source: 'zsh, fish, mksh, coreutils env and nohup, which, Go os/exec',
  },
  {
    ...kexec,
    id: 'kexec-shutdown',
    meaning: 'kexec-announced',
    pattern: /^systemd-shutdown\[1\]: Rebooting with kexec\.$/,
    kmsg: true,
    description: 'systemd has stopped all programs and starts the kexec next',
    source: 'systemd src/shutdown/shutdown.c',
  },
  {
    ...kexec,
    id: 'kexec-traced',
    meaning: null,
    pattern: /^\++ (?<command>(?:\S*\/)?kexec (?:\S.* )?(?:-l|--load)(?: .*)?)$/,
    description: 'a script with `set -x` is about to load a kernel, with these arguments',
    source: 'dash, bash and BusyBox ash, set -x',
  },
  {
    ...kexec,
    id: 'kexec-debug',
    meaning: 'kexec-prepares',
    pattern: /^kernel: 0x[0-9a-f]+ kernel_size: 0x[0-9a-f]+/,
    description: '`kexec -d` begins to load a kernel',
    source,
  },
  {
    ...loadFailed,
    id: 'kexec-load-syscall',
    pattern:
      /^(?:[^"'`#>(]*[ \]])?(?:[Ss][Yy][Ss]_)?kexec_(?:file_)?load(?:\([^)]*\):?|:)? (?:failed: |= )?(?<reason>(?!entry |kernel="|syscall(?:\.| for )|failed, falling back to )\S.*)/,
    kmsg: true,
    description: 'the kernel refused the image that kexec loads',
    source: 'kexec-tools kexec/kexec.c; u-root pkg/boot/kexec',
  },
  {
    ...loadFailed,
    id: 'kexec-option',
    pattern:
      /^(?:\S*\/)?kexec: (?<reason>(?:unrecognized|invalid) option(?: --|:)? \S.*|option (?:'[^']+' )?(?:requires an argument|is ambiguous|doesn't allow an argument)\b.*)/,
    description: 'kexec does not know one of its options, prints its help and loads nothing',
    source: 'getopt_long of glibc and musl',
  },
  {
    ...loadFailed,
    id: 'kexec-load-gave-up',
    pattern: /^kexec: (?<reason>load failed)\.$/,
    description: 'kexec could not lay out the kernel image in memory',
    source: 'kexec-tools kexec/arch/arm64/kexec-image-arm64.c',
  },
  {
    ...loadFailed,
    id: 'kexec-exec-failed',
    pattern: /^kexec failed: (?<reason>.+)/,
    description: '`kexec -e` returned, so the jump failed',
    source,
  },
  {
    ...loadFailed,
    id: 'kexec-nothing-loaded',
    pattern: /^(?<reason>Nothing has been loaded(?=!$))/,
    description: '`kexec -e` without a loaded kernel',
    source,
  },
  {
    ...loadFailed,
    id: 'kexec-file-type',
    pattern: /^(?<reason>Cannot determine the file type of (?<file>\S+))/,
    description: 'the file given to kexec is not a kernel for this architecture',
    source,
  },
  {
    ...loadFailed,
    id: 'kexec-layout',
    pattern:
      /^(?<reason>(?:Could not (?:find a free area of memory .+|get memory layout|open initrd file .+)|Invalid memory segment 0x.+|Overlapping memory segments at 0x.+|sort_segments failed|locate_hole failed.*|Cannot find a hole .+))/,
    description: 'kexec found no memory for the image, or could not open it',
    source,
  },
  {
    ...loadFailed,
    id: 'kexec-no-device-tree',
    pattern: /^kexec: Error: (?<reason>No device tree available)\./,
    description: 'kexec found no device tree to pass to the new kernel',
    source: 'kexec-tools kexec/arch/arm64/kexec-arm64.c',
  },
  {
    ...loadFailed,
    id: 'kexec-truncated',
    pattern: /^(?<reason>zImage is truncated) - file 0x/,
    description: 'the kernel file is shorter than its own header says',
    source: 'kexec-tools kexec/arch/arm/kexec-zImage-arm.c',
  },
  {
    ...loadFailed,
    id: 'zfsbootmenu-load-failed',
    pattern:
      /^(?:ZFSBootMenu: )?(?<reason>[Uu]nable to load (?:kernel or initramfs|\S+ and \S+) into memory)/,
    kmsg: true,
    description: 'ZFSBootMenu could not load the kernel for its kexec',
    source: 'ZFSBootMenu, kexec_kernel() of zfsbootmenu-core.sh',
  },
  {
    ...kexec,
    id: 'kexec-complaint',
    meaning: 'kexec-complaint',
    fallback: true,
    // kdump loads a kernel for the next crash, which does not matter for this boot.
    pattern:
      /^(?!.*(?:crash|[Kk]dump|Started |[Ss]ucce))(?!(?:\++ )?(?:echo|printf|grep|exec) )(?:[\w./()[\]-]+: )*(?=[^"#>`]*(?:\b|_)(?:kexec(?:_\w+)?|(?:new|next|second) kernel)\b)(?=[^"#>`]*\b(?:[Ff]ail(?:ed|ure)|[Ee]rror|[Cc]annot|[Cc]an't|[Cc]ould not|[Uu]nable|[Rr]efus\w+|denied|not (?:found|loaded|permitted|supported|allowed|implemented)|[Ii]nvalid|[Uu]nsupported|[Aa]borted|[Rr]ejected)\b)(?<reason>.*)$/,
    description: 'a program reports that its kexec failed; counts if the old kernel keeps running',
    source: 'scripts, boot loaders built on kexec (kexecboot, petitboot, LinuxBoot)',
  },
  {
    ...kexec,
    id: 'kexec-file-trouble',
    meaning: 'kexec-doubt',
    outcome: 'kexec-load-failed',
    pattern: /^(?<reason>Cannot (?:open|read|load|stat:?) `?(?<file>\/[^':\s]+)'?(?:: .+)?)$/,
    description: 'a file that kexec should load does not exist or is not usable',
    source,
  },
  {
    ...kexec,
    id: 'download-failed',
    meaning: 'kexec-doubt',
    outcome: 'kexec-load-failed',
    pattern: /^(?<reason>(?:curl: \(\d+\)|wget: (?:bad address|can't|server returned)) ?.+)$/,
    description: 'the kernel or initrd for the kexec could not be downloaded',
    source: 'curl, BusyBox wget',
  },
] as const satisfies readonly Signature[];
