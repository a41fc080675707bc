import type { Signal } from '../../model/boot.ts';
/** What a prompt shows: whose shell it is, and what was typed there. */
export type Prompt = {
  /** For comparing: `root@web1`, or the prompt itself where it names nobody. */
  who: string;
  /** It names a user or a host, so it is known again. */
  named: boolean;
  /** What was typed prints what is stored, and cannot end the machine. */
  prints: boolean;
  /** What was typed shows a file page by page: nothing of it is new. */
  pages: boolean;
};

/** Programs that print what somebody else has said at some other time. */
const printing =
  /^(?:dmesg|journalctl|cat|zcat|xzcat|bzcat|tac|head|tail|less|more|most|e?grep|zgrep|rg|sed|awk|strings|echo|printf|hexdump|xxd|od|pstree|lsinitramfs|systemctl (?:-\S+ )*status|vim?|nano|virsh console|docker logs|kubectl logs|crash|screen|minicom|picocom|tio|ssh|cu|tmux|ipmitool|conserver|console)(?:\s|$)/;

/** Files that are switches of the kernel. */
const switches = />\s*\/(?:proc|sys|dev)\/(?!null)/;

/** Programs that stand at the end of what they show. */
const pager = /(?:^|[|;&]\s*)(?:less|more|most|man|vim?|nano)\s/;

/** What is typed beside that, and ends no machine either. */
const harmless =
  /^(?:mkdir|mount|umount|cd|ls|pwd|sort|uniq|wc|cut|tr|nl|column|find|xargs|tee|sleep|true|clear|export \w|[\w]+=\S*$|set |stty|lsblk|blkid|date|uptime|which|rpm|dpkg|log)(?:\s|$)|^$/;

/** Whether a command line prints what is stored, and does nothing else that is not known. */
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

/** What may stand before the command proper. */
const before = /^(?:(?:sudo(?: -\w+)*|nohup|time|busybox|do|then)\s+)+/;

/** Takes a sighting of a shell's prompt apart. */
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

/** What terminal programs and emulators say when they end: the prompt behind it is that of whoever ran them. */
export const recorderEnds =
  /(?:Connection closed by|Connection to \S+ closed|terminating on signal \d+|^QEMU: Terminated|^Script done|^\[(?:screen is terminating|exited|detached|disconnect|terminated \w+)|^(?:Terminated|Killed|Hangup|Disconnected)\b|Thanks for using picocom)/;

/** Whether somebody asks for what the kernel has said, now or when it died: it is the one under that prompt. */
export function asksKernel({ captures: { command = '' } }: Signal): boolean {
  return /^(?:sudo )?(?:dmesg\b|journalctl\b|\w+ \S*\/pstore\/)/.test(command);
}

/** A line of a program that no signature knows. */
type Line = { line: number; text: string };

/** Whether an init has ended by itself, and not well: the low byte of a wait status is the signal it was killed by. */
export function gaveUp({ exitcode = '0' }: Record<string, string>): boolean {
  return Number(exitcode) !== 0 && (Number(exitcode) & 0x7f) === 0;
}

/** Whether a command line calls kexec, or has systemd call it. Other words that begin so are packages and other programs. */
export function typesKexec(command: string): boolean {
  return !asks.test(command) && kexec.test(command);
}

const kexec = /(?:^|[\s;&|/('"`])kexec(?:$|[\s;&|)'"`]|\.(?:target|service))/;

/** Programs that are asked about it. */
const asks =
  /^(?:sudo )?(?:man|apt\S*|dnf|yum|apk|pacman|rpm|dpkg|which|whereis|type|command|file|ls|cat|grep|echo)\s/;

/** What any program says that does not do what it was told to. */
export const complains =
  /\b(?:[Ff]ail(?:ed|ure)|[Ee]rror|[Cc]annot|[Cc]an't|[Cc]ould not|[Uu]nable|[Rr]efus\w+|[Dd]enied|[Nn]ot (?:found|loaded|permitted|supported|allowed|implemented|enough)|[Nn]o such|[Ii]nvalid|[Uu]nsupported|[Aa]borted|[Rr]ejected|[Kk]illed|[Ss]egmentation fault)\b/;

export function complaintOf(program: Line): Signal {
  const words = wordsOf(program);
  return { ...words, signature: 'kexec-complaint', captures: { reason: words.text } };
}

export function wordsOf({ line, text }: Line): Signal {
  return { signature: 'last-words', line, text: text.trimEnd(), captures: {}, guestSeconds: null };
}
