import type { Terminal } from '@xterm/headless';
import { cleanSegments } from './lines.ts';

/**
 * Bytes kept until the screen is read. A screen needs a few kilobytes; of a longer output, only the end can still be visible.
 */
const longestBacklog = 2 ** 18;

/** Limits the combining characters that a guest can put into one cell. UTF-16 units. */
const longestCell = 8;

const carriageReturn = 13;

/** Cursor positioning, or an erased screen. */
const painting = /\u001B\[[\d;]*[HfJ]/;

/** `ESC c`: resets the terminal. */
const reset = '\u001Bc';

/** The screen of a terminal, for programs that position their output instead of printing lines (EDK2's menus). */
export type Screen = {
  /** Takes the next bytes of the console. The result does not depend on how they are chunked. */
  feed(bytes: Uint8Array): void;
  /** Whether output was positioned, and not only printed line by line, since the screen was last read. */
  isPainted(): boolean;
  /** The rows of the screen, cleaned of control and format characters, without trailing spaces. */
  text(): Promise<string[]>;
};

/**
 * A screen in memory. Its memory is bounded, and it never replies: the replies of a terminal (cursor position, device
 * attributes) would be input that the guest chooses itself.
 */
export function createScreen({ columns, rows }: { columns: number; rows: number }): Screen {
  let created: Promise<Terminal> | undefined;
  let backlog = Buffer.alloc(0);
  let waiting = 0;
  /** How many bytes of the backlog came before the first carriage return of all. */
  let plain = 0;
  let sawReturn = false;

  /** Drops output that is no longer visible. The terminal is reset, because the cut may be inside a sequence. */
  function dropOldest(): void {
    const dropped = waiting - longestBacklog / 2;
    backlog.copyWithin(reset.length, dropped, waiting);
    backlog.write(reset, 'latin1');
    plain = Math.max(0, plain - dropped) + reset.length;
    waiting -= dropped - reset.length;
  }

  function append(bytes: Uint8Array): void {
    if (waiting + bytes.length > backlog.length)
      backlog = Buffer.concat([backlog.subarray(0, waiting)], 2 * (waiting + bytes.length));
    backlog.set(bytes, waiting);
    waiting += bytes.length;
    if (waiting > longestBacklog) dropOldest();
  }

  return {
    feed(bytes) {
      if (!sawReturn) {
        const first = bytes.indexOf(carriageReturn);
        sawReturn = first !== -1;
        plain = waiting + (sawReturn ? first : bytes.length);
      }
      // Of a long piece only the end can be visible; what is left of it is still more than is kept.
      const unseen = Math.max(0, bytes.length - longestBacklog - 1);
      plain -= unseen;
      append(bytes.subarray(unseen));
    },
    isPainted: () => painting.test(backlog.toString('latin1', 0, waiting)),
    async text() {
      const bytes = withReturns(backlog.subarray(0, waiting), plain);
      const terminal = await (created ??= newTerminal(columns, rows));
      waiting = 0;
      plain = 0;
      await new Promise<void>((resolve) => {
        terminal.write(bytes, resolve);
      });
      const { active } = terminal.buffer;
      const lines = Array.from(
        { length: rows },
        (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
      );
      if (lines.some((line) => line.length > longestCell * columns)) terminal.write(reset);
      return lines.map((line) =>
        cleanSegments(line.slice(0, longestCell * columns))
          .join('')
          .trimEnd(),
      );
    },
  };
}

/**
 * The bytes with a carriage return before every line feed among the first `plain`: in a log that has none, each line would
 * otherwise begin where the one before ends.
 */
function withReturns(bytes: Buffer, plain: number): Buffer {
  const text = bytes.toString('latin1');
  return Buffer.from(text.slice(0, plain).replaceAll('\n', '\r\n') + text.slice(plain), 'latin1');
}

/** A terminal in memory without a scrollback. xterm.js is large and few boots need it, so it is loaded on first use. */
async function newTerminal(columns: number, rows: number): Promise<Terminal> {
  const xterm = await import('@xterm/headless');
  // It is CommonJS: Node.js has it as the default export, tsx has only the names.
  const { Terminal } = 'default' in xterm ? xterm.default : xterm;
  return new Terminal({
    cols: columns,
    rows,
    scrollback: 0,
    // xterm.js classifies reading the cells of the screen as a proposed API.
    allowProposedApi: true,
    logLevel: 'off',
  });
}
