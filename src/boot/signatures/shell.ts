import type { Signature } from './signature.ts';

const shell = { origin: 'userspace', meaning: 'shell', prompt: true, shell: true } as const;

/** Shells at their prompts. What was typed behind one says how to read the lines that follow. */
export const shellSignatures: Signature[] = [
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
];
