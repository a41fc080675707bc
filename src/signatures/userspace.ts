import type { Signature } from './signature.ts';
const userspace = { origin: 'userspace' } as const;
const proof = {
  ...userspace,
  meaning: 'proof',
  source: "the init of kexec-lab's own test disk",
} as const;

/** The real system: its first words, its prompts, and what our own test disk says of itself. */
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
    description: 'systemd has waited in vain for a device',
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'systemd-root-dependency',
    meaning: 'root-dependency',
    pattern:
      /^(?:\[DEPEND\] |systemd\[1\]: )Dependency failed for (?:\S+\.\w+ - )?(?:\/sysroot|Initrd Root (?:Device|File System))\b/,
    kmsg: true,
    description: 'the root file system needs what did not come up',
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'system-up',
    meaning: 'system-up',
    pattern:
      /^(?:\[? {1,2}OK {1,2}\] |systemd\[1\]: )Reached target (?:(?:multi-user|graphical)\.target - )?(?:Multi-User System|Graphical Interface)\b/,
    kmsg: true,
    description: 'systemd has started all that a running system needs',
    source: 'systemd units/multi-user.target, units/graphical.target',
  },
  {
    ...userspace,
    id: 'lava-test-runs',
    meaning: 'system-up',
    pattern: /^<LAVA_SIGNAL_STARTRUN (?<test>\S+)/,
    kmsg: true,
    description: 'LAVA has logged in and its test has begun',
    source: 'LAVA lava_dispatcher/lava_test_shell, lava-test-runner',
  },
  {
    ...userspace,
    id: 'init-speaks',
    meaning: 'userspace-speaks',
    pattern: /^init: (?<message>.+)/,
    kmsg: true,
    description: "the first program writes into the kernel's log: Android's init, or Upstart",
    source: 'Android system/core/init, Upstart',
  },
  {
    ...userspace,
    id: 'console-inactive',
    meaning: 'login',
    pattern: /^Please press Enter to activate this console\./,
    prompt: true,
    description: 'BusyBox init has started all it was asked to, and offers a shell',
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
      "getty waits for somebody to log in: this system is up; a bare `login:` is anybody's",
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
    description: 'a maintenance shell was wanted, but root has no password',
    source: 'util-linux sulogin',
  },
  {
    ...userspace,
    id: 'step-ended',
    meaning: null,
    pattern: /^kexec-lab: step (?<step>\d+) ended with (?<exit>\d+)(?:, printed (?<output>.*))?$/,
    description: 'a command that a scenario has run on the console is over',
    source: 'src/steps/shell-line.ts',
  },
  {
    ...proof,
    id: 'proof-release',
    pattern: /^kexec-lab: release=(?<release>\S+)$/,
    description: 'the release that really runs (`uname -r`)',
  },
  {
    ...proof,
    id: 'proof-root',
    pattern: /^kexec-lab: root=(?<root>\S+)$/,
    description: 'the device that is really mounted on /',
  },
  {
    ...proof,
    id: 'proof-cmdline',
    pattern: /^kexec-lab: cmdline=(?<cmdline>.*)$/,
    description: 'the command line of the kernel that really runs',
  },
] as const satisfies readonly Signature[];

const shell = { origin: 'userspace', meaning: 'shell', prompt: true, shell: true } as const;

/** Shells at their prompts. What was typed behind one says how to read the lines that follow. */
export const shellSignatures = [
  {
    ...shell,
    id: 'root-shell',
    origin: 'initramfs',
    pattern: /^(?:\/|~) # ?$/,
    description: 'a plain shell, of a system that has no login: it got that far',
    source: "BusyBox ash's prompt",
  },
  {
    ...shell,
    id: 'bare-prompt',
    meaning: null,
    pattern: /^[#$](?: (?<command>[\w./].*)?)?$/,
    description: 'a shell without a name; believed only where somebody has logged in',
    source: "dash's and other shells' prompt for users without a profile",
  },
  {
    ...shell,
    id: 'shell-prompt',
    pattern:
      /^(?:(?<who>[\w.-]+@(?:[\w.-]+|\(none\)))[: ]\S* ?[#$%]|\[(?<bracketed>[\w.-]+(?:@[\w.-]+)?) [^\]\s]+\][#$]|(?<host>\w[\w.-]*):[~/][\w./~-]* ?[#$]|[~/][\w./-]* ?[#$]|\(initramfs\)(?= [\w./])|(?:ba|da|a)?sh-\d[\d.]*[#$])(?: (?<command>.*))?$/,
    description: 'a shell waits for a command, or has been given one',
    source: 'bash, dash and BusyBox ash, with the prompts distributions give them',
  },
] as const satisfies readonly Signature[];
