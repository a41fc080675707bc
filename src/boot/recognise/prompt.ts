import type { Signal } from '../../model/boot.ts';

/** A shell's prompt: its user or host, and what kind of command was typed there. */
export type Prompt = {
  /** For comparison: `root@web1`, or the prompt itself if it has no name. */
  who: string;
  /** Whether it names a user or a host, and so can be recognised again. */
  named: boolean;
  /** Whether the command prints stored text, and cannot end the machine. */
  prints: boolean;
  /** Whether the command shows a file page by page, so nothing that it prints is new. */
  pages: boolean;
};

/** Programs that print stored text, or the console of another machine. */
const printing =
  /^(?:dmesg|journalctl|cat|zcat|xzcat|bzcat|tac|head|tail|less|more|most|e?grep|zgrep|rg|sed|awk|strings|echo|printf|hexdump|xxd|od|pstree|lsinitramfs|systemctl (?:-\S+ )*status|vim?|nano|virsh console|docker logs|kubectl logs|crash|screen|minicom|picocom|tio|ssh|cu|tmux|ipmitool|conserver|console)(?:\s|$)/;

/** Redirections into files that control the kernel. */
const switches = />\s*\/(?:proc|sys|dev)\/(?!null)/;

/** Programs that show text page by page. */
const pager = /(?:^|[|;&]\s*)(?:less|more|most|man|vim?|nano)\s/;

/** Other commands that cannot end the machine. */
const harmless =
  /^(?:mkdir|mount|umount|cd|ls|pwd|sort|uniq|wc|cut|tr|nl|column|find|xargs|tee|sleep|true|clear|export \w|[\w]+=\S*$|set |stty|lsblk|blkid|date|uptime|which|rpm|dpkg|log)(?:\s|$)|^$/;

/** Whether a command line prints stored text, and otherwise runs only harmless commands. */
function printsOnly(typed: string): boolean {
  const commands = typed.split(/[|;&\n]+/).map((part) =>
    part
      .trim()
      .replace(before, '')
      .replace(/^\S*\//, ''),
  );
  return (
    commands.some((command) => printing.test(command)) &&
    commands.every((command) => printing.test(command) || harmless.test(command)) &&
    !switches.test(typed)
  );
}

/** Words that may precede the command itself. */
const before = /^(?:(?:sudo(?: -\w+)*|nohup|time|busybox|do|then)\s+)+/;

/** Parses the signal of a shell's prompt. */
export function promptOf({ text, captures }: Signal): Prompt {
  const { who, bracketed, host, command = '' } = captures;
  const name = who ?? bracketed ?? host;
  const typed = name === undefined ? text.replace(bare, '') : command;
  return {
    who: name ?? bare.exec(text)?.[0].trim() ?? text,
    named: name !== undefined,
    prints: printsOnly(typed),
    pages: pager.test(typed),
  };
}

/** A prompt without a name: `/ #`, `~ $`, `#`, `(initramfs)`, `bash-5.2#`. */
const bare = /^(?:\(initramfs\)|(?:[~/][\w./-]* ?)?[#$]|(?:ba|da|a)?sh-\d[\d.]*[#$]) ?/;

/** Messages of terminal programs and emulators that exit: the next prompt is that of the machine that ran them. */
export const recorderEnds =
  /(?:Connection closed by|Connection to \S+ closed|terminating on signal \d+|^QEMU: Terminated|^Script done|^\[(?:screen is terminating|exited|detached|disconnect|terminated \w+)|^(?:Terminated|Killed|Hangup|Disconnected)\b|Thanks for using picocom)/;

/** The line above a login prompt, which names the terminal (util-linux agetty, `\\l` in /etc/issue). */
const issue = /^\S.* \(?(?:tty\w+|console|hvc\d+)\)?\s*$/;

const glued = /^(?<prompt>[\w.-]+ login: )(?<rest>.+)/;

/** Removes from a login prompt the last message of a terminal program, which may follow it directly. */
export class LoginPrompt {
  /** The last line of a program that is not blank: perhaps the text that getty prints above its prompt. */
  #before = '';

  clean(text: string): string {
    if (!text.includes(' login: ')) return text;
    const { prompt, rest = '' } = glued.exec(text)?.groups ?? {};
    return prompt !== undefined && (issue.test(this.#before) || recorderEnds.test(rest))
      ? prompt
      : text;
  }

  /** Takes a complete line of a program. */
  hear(text: string): void {
    if (text.trim() !== '') this.#before = text;
  }

  /** Lines that name no terminal were skipped. */
  passOver(): void {
    this.#before = '';
  }
}

/** Whether the command shows the log of the machine's own kernel, now or from its last crash. */
export function asksKernel({ captures: { command = '' } }: Signal): boolean {
  return /^(?:sudo )?(?:dmesg\b|journalctl\b|\w+ \S*\/pstore\/)/.test(command);
}

/** A program's line that no signature matches. */
export type Line = { line: number; text: string };

/** Whether init exited by itself with an error. The low seven bits of a wait status are the signal that killed it. */
export function gaveUp({ exitcode = '0' }: Record<string, string>): boolean {
  return Number(exitcode) !== 0 && (Number(exitcode) & 0x7f) === 0;
}

/** Whether a command line runs kexec, directly or through systemd. Longer words are packages and other programs. */
export function typesKexec(command: string): boolean {
  return !asks.test(command) && kexec.test(command);
}

/** Whether a command line loads a crash kernel, directly or through the service. */
export function typesCrashLoad(command: string): boolean {
  return !asks.test(command) && crashLoad.test(command);
}

const crashLoad =
  /(?:^|[\s;&|/(`])(?:kexec (?:\S+ )*?(?:-\w*p\w*|--load-panic)(?:\s|$)|kdump-config (?:re)?load\b|kdumpctl (?:re)?start\b|(?:systemctl (?:re)?start kdump|service kdump\S* (?:re)?start|rckdump (?:re)?start))/;

const kexec = /(?:^|[\s;&|/('"`])kexec(?:$|[\s;&|)'"`]|\.(?:target|service))/;

/** Commands that only mention kexec. */
const asks =
  /^(?:sudo )?(?:man|apt\S*|dnf|yum|apk|pacman|rpm|dpkg|which|whereis|type|command|file|ls|cat|grep|echo)\s/;

/** Words with which programs report failure. */
export const complains =
  /\b(?:[Ff]ail(?:ed|ure)|[Ee]rror|[Cc]annot|[Cc]an't|[Cc]ould not|[Uu]nable|[Rr]efus\w+|[Dd]enied|[Nn]ot (?:found|loaded|permitted|supported|allowed|implemented|enough)|[Nn]o such|[Ii]nvalid|[Uu]nsupported|[Aa]borted|[Rr]ejected|[Kk]illed|[Ss]egmentation fault)\b/;

/** The signal for a program's message that a typed kexec failed. */
export function complaintOf(program: Line): Signal {
  const words = wordsOf(program);
  return { ...words, signature: 'kexec-complaint', captures: { reason: words.text } };
}

/** The signal for the last line of an unknown program. */
export function wordsOf({ line, text }: Line): Signal {
  return { signature: 'last-words', line, text: text.trimEnd(), captures: {}, guestSeconds: null };
}
