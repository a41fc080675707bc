import type { Signature } from './signature.ts';

const userspace = { origin: 'userspace' } as const;
const proof = {
  ...userspace,
  meaning: 'proof',
  source: "the init of kexec-lab's own test disk",
} as const;

/** The real system: its first words, its prompts, and what our own test disk says of itself. */
export const userspaceSignatures: Signature[] = [
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
    id: 'systemd-unit',
    meaning: 'userspace-speaks',
    pattern: /^\[(?: {2}OK {2}|FAILED|DEPEND| WARN | INFO )\] \S/,
    description: 'systemd reports on a unit',
    source: 'systemd src/core/job.c',
  },
  {
    ...userspace,
    id: 'login-prompt',
    meaning: 'login',
    pattern:
      /^(?!(?:[Ll]ast|[Ff]irst|[Pp]revious|[Ff]ailed|[Ss]uccessful|[Ii]nvalid|[Uu]ser|[Nn]ew|[Rr]emote|[Pp]lease|[Yy]our) )(?<host>[\w.()-]+) login:(?: (?:[a-z_][a-z0-9_-]{0,31}(?: \(automatic login\))?)?)?$/,
    prompt: true,
    description:
      'getty waits for somebody to log in: this system is up; a bare `login:` is anybody’s',
    source: 'util-linux agetty, BusyBox getty',
  },
  {
    ...userspace,
    id: 'emergency-mode',
    meaning: 'userspace-rescue',
    pattern: /^You are in (?<mode>emergency|rescue) mode/,
    description: 'systemd could not bring the system up and offers a shell',
    source: 'systemd, sulogin-shell',
  },
  {
    ...userspace,
    id: 'maintenance-prompt',
    meaning: 'userspace-rescue',
    pattern: /^(?:Give root password for maintenance|Press Enter for maintenance)/,
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
    id: 'shell-prompt',
    meaning: null,
    pattern: /^(?:[\w.-]+@[\w.-]+:|\w+:)?[~/][\w./-]* ?[#$](?: .*)?$/,
    prompt: true,
    description: 'a shell waits for a command',
    source: 'bash, dash and BusyBox ash, with the prompts distributions give them',
  },
  {
    ...userspace,
    id: 'step-ended',
    meaning: null,
    pattern: /^kexec-lab: step (?<step>\d+) ended with (?<exit>\d+)$/,
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
];
