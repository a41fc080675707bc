import type { Terminal } from '@xterm/headless';
import xterm from '@xterm/headless';

/**
 * A terminal in memory without a scrollback.
 * @param plainEnds a line feed alone ends a line, as in a file
 */
export function createTerminal(columns: number, rows: number, plainEnds: boolean): Terminal {
  return new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 0,
    convertEol: plainEnds,
    // xterm.js classifies reading the cells of the screen as a proposed API.
    allowProposedApi: true,
    logLevel: 'off',
  });
}
