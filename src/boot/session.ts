import type { Signal } from './signal.ts';

/** What a prompt shows: whose shell it is, and what was typed there. */
export type Prompt = {
  /** For comparing: `root@web1`, or the prompt itself where it names nobody. */
  who: string;
  /** It names a user or a host, so it is known again. */
  named: boolean;
  /** What was typed prints what is stored, and cannot end the machine. */
  prints: boolean;
};

/** Programs that print what somebody else has said at some other time. */
const printing =
  /^(?:sudo )?(?:dmesg|journalctl|cat|zcat|xzcat|tac|head|tail|less|more|most|grep|egrep|zgrep|sed|awk|strings|echo|printf|hexdump|xxd|od|lsinitramfs|systemctl (?:-\S+ )*status|vi|vim|nano|virsh console|docker logs|kubectl logs)\b/;

/** What ends a machine, or writes somewhere, in the same line. */
const more = /[;&]|(?<!2)>|kexec|reboot|poweroff|halt|shutdown|sysrq|-w\b|--follow/;

/** Takes a sighting of a shell's prompt apart. */
export function promptOf({ text, captures }: Signal): Prompt {
  const { who, bracketed, host, command = '' } = captures;
  const name = who ?? bracketed ?? host;
  const typed = name === undefined ? text.replace(bare, '') : command;
  return {
    who: name ?? bare.exec(text)?.[0].trim() ?? text,
    named: name !== undefined,
    prints: printing.test(typed.trim()) && !more.test(typed),
  };
}

/** A prompt without a name: `/ #`, `~ $`, `(initramfs)`, `bash-5.2#`. */
const bare = /^(?:\(initramfs\)|[~/][\w./-]* ?[#$]|(?:ba|da|a)?sh-\d[\d.]*[#$]) ?/;

/** What terminal programs and emulators say when they end: the prompt behind it is that of whoever ran them. */
export const recorderEnds =
  /(?:Connection closed by|Connection to \S+ closed|terminating on signal \d+|^QEMU: Terminated|^Script done|^\[(?:screen is terminating|exited|detached|disconnect|terminated \w+)|^(?:Terminated|Killed|Hangup|Disconnected)\b|Thanks for using picocom)/;
