import type { Signature } from './signature.ts';

const userspace = { origin: 'userspace' } as const;
const proof = {
  ...userspace,
  meaning: 'proof',
  source: "the init of kexec-lab's own test disk",
} as const;

/** The system itself: its first messages, its prompts, and the proof lines of the lab's test disk. */
export const userspaceSignatures = [
  {
    ...userspace,
    id: 'systemd-start',
    meaning: 'userspace-starts',
    pattern: /^systemd\[1\]: systemd (?<version>\S+) running in system mode/,
    kmsg: true,
    description: 'systemd starts as PID 1',
    source: 'systemd src/core/main.c',
  },
  {
    ...userspace,
    id: 'sysvinit-start',
    meaning: 'userspace-starts',
    pattern: /^INIT: version (?<version>\S+) booting/,
    description: 'sysvinit starts as PID 1',
    source: 'sysvinit src/init.c',
  },
  {
    ...userspace,
    id: 'openrc-start',
    meaning: 'userspace-starts',
    pattern: /^ *OpenRC \S+ is starting up Linux (?<release>\S+)/,
    description: 'OpenRC starts the system',
    source: 'OpenRC sh/init.sh',
  },
  {
    ...userspace,
    id: 'systemd-unit',
    meaning: 'userspace-speaks',
    pattern: /^\[?(?: {1,2}OK {1,2}|FAILED|DEPEND| WARN | INFO )\] \S/,
    description: 'systemd reports on a unit',
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'systemd-device-timeout',
    meaning: 'device-timeout',
    outcome: 'root-missing',
    stage: 'initramfs',
    pattern:
      /^(?:\[ TIME \] |systemd\[1\]: )Timed out waiting for (?:device )?(?:\S+\.device - )?(?<device>(?!device)\S+?)\.?$/,
    kmsg: true,
    description: "a device did not appear before systemd's timeout",
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'systemd-root-dependency',
    meaning: 'root-dependency',
    pattern:
      /^(?:\[DEPEND\] |systemd\[1\]: )Dependency failed for (?:\S+\.\w+ - )?(?:\/sysroot|Initrd Root (?:Device|File System))\b/,
    kmsg: true,
    description: 'the root file system depends on a unit that failed',
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'system-up',
    meaning: 'system-up',
    pattern:
      /^(?:\[? {1,2}OK {1,2}\] |systemd\[1\]: )Reached target (?:(?:multi-user|graphical)\.target - )?(?:Multi-User System|Graphical Interface)\b/,
    kmsg: true,
    description: 'systemd has started its default target',
    source: 'systemd units/multi-user.target, units/graphical.target',
  },
  {
    ...userspace,
    id: 'lava-test-runs',
    meaning: 'system-up',
    pattern: /^<LAVA_SIGNAL_STARTRUN (?<test>\S+)/,
    kmsg: true,
    description: 'LAVA has logged in and started its test',
    source: 'LAVA lava_dispatcher/lava_test_shell, lava-test-runner',
  },
  {
    ...userspace,
    id: 'init-speaks',
    meaning: 'userspace-speaks',
    pattern: /^init: (?<message>.+)/,
    kmsg: true,
    description: "the first program writes to the kernel's log: Android's init, or Upstart",
    source: 'Android system/core/init, Upstart',
  },
  {
    ...userspace,
    id: 'console-inactive',
    meaning: 'login',
    pattern: /^Please press Enter to activate this console\./,
    prompt: true,
    description: 'BusyBox init has started everything in its configuration and offers a shell',
    source: 'BusyBox init/init.c, the action askfirst',
  },
  {
    ...userspace,
    id: 'login-prompt',
    meaning: 'login',
    pattern:
      /^(?!(?:[Ll]ast|[Ff]irst|[Pp]revious|[Ff]ailed|[Ss]uccessful|[Ii]nvalid|[Uu]ser|[Nn]ew|[Rr]emote|[Pp]lease|[Yy]our) )(?<host>[\w.()-]+) login:(?: (?!(?:fail|ok\b|succe|error|timed|denied|incorrect|reject|done\b|complete|attempt|session|refused|aborted|retry))(?:[a-z_][a-z0-9_-]{0,31}(?: \(automatic login\))?)?)?$/,
    prompt: true,
    description:
      'getty waits for a login, so the system is up; `login:` without a host name does not count',
    source: 'util-linux agetty, BusyBox getty',
  },
  {
    ...userspace,
    id: 'emergency-mode',
    meaning: 'userspace-rescue',
    pattern:
      /^(?:You are in (?<mode>emergency|rescue) mode|(?:\[? {1,2}OK {1,2}\] |systemd\[1\]: )(?:Reached target (?:(?:emergency|rescue)\.target - )?(?<target>Emergency|Rescue) Mode|Started (?:(?:emergency|rescue)\.service - )?(?<shell>Emergency|Rescue) Shell))/,
    kmsg: true,
    description: 'systemd could not bring the system up and offers a shell',
    source: 'systemd, sulogin-shell',
  },
  {
    ...userspace,
    id: 'maintenance-prompt',
    meaning: 'userspace-rescue',
    pattern: /^(?:Give root password for maintenance|Press [Ee]nter for maintenance)/,
    prompt: true,
    description: 'a maintenance shell waits for the root password',
    source: 'util-linux sulogin',
  },
  {
    ...userspace,
    id: 'sulogin-locked',
    meaning: 'userspace-rescue',
    pattern: /^Cannot open access to console, (?<reason>the root account is locked)/,
    description: 'a maintenance shell cannot be offered, because root has no password',
    source: 'util-linux sulogin',
  },
  {
    ...userspace,
    id: 'step-ended',
    meaning: null,
    pattern: /^kexec-lab: step (?<step>\d+) ended with (?<exit>\d+)(?:, printed (?<output>.*))?$/,
    description: 'a command that a scenario ran on the console has ended',
    source: 'src/text/shell.ts',
  },
  {
    ...proof,
    id: 'proof-release',
    pattern: /^kexec-lab: release=(?<release>\S+)$/,
    description: 'the release of the running kernel (`uname -r`)',
  },
  {
    ...proof,
    id: 'proof-root',
    pattern: /^kexec-lab: root=(?<root>\S+)$/,
    description: 'the device that is mounted on /',
  },
  {
    ...proof,
    id: 'proof-cmdline',
    pattern: /^kexec-lab: cmdline=(?<cmdline>.*)$/,
    description: 'the command line of the running kernel',
  },
  {
    ...proof,
    id: 'proof-machine',
    meaning: 'machine',
    pattern:
      /^kexec-lab: machine cpus=(?<cpus>\d+) memory=(?<memory>\d+) interrupts=(?<interrupts>[a-z,]*) clock=(?<clock>[a-z]+) disk=(?<disk>[a-z-]+)$/,
    description:
      'what the machine has: CPUs, KiB of memory, kinds of interrupts; whether clock and disk work',
    source: 'images/machine-report/usr/bin/kexec-lab-machine',
  },
] as const satisfies readonly Signature[];

const shell = { origin: 'userspace', meaning: 'shell', prompt: true, shell: true } as const;

/** Prompts of shells. The command typed at one decides how the next lines are read. */
export const shellSignatures = [
  {
    ...shell,
    id: 'root-shell',
    origin: 'initramfs',
    pattern: /^(?:\/|~) # ?$/,
    description: 'the shell of a system without a login, which is up',
    source: "BusyBox ash's prompt",
  },
  {
    ...shell,
    id: 'bare-prompt',
    meaning: null,
    pattern: /^[#$](?: (?<command>[\w./].*)?)?$/,
    description: 'a shell prompt without a name; counts only after a login',
    source: "dash's and other shells' prompt for users without a profile",
  },
  {
    ...shell,
    id: 'shell-prompt',
    pattern:
      /^(?:(?<who>[\w.-]+@(?:[\w.-]+|\(none\)))[: ]\S* ?[#$%]|\[(?<bracketed>[\w.-]+(?:@[\w.-]+)?) [^\]\s]+\][#$]|(?<host>\w[\w.-]*):[~/][\w./~-]* ?[#$]|[~/][\w./-]* ?[#$]|\(initramfs\)(?= [\w./])|(?:ba|da|a)?sh-\d[\d.]*[#$])(?: (?<command>.*))?$/,
    description: 'a shell waits for a command, or got one',
    source: 'bash, dash and BusyBox ash, with the prompts distributions give them',
  },
] as const satisfies readonly Signature[];
