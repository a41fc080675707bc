import type { Terminal } from '@xterm/headless';
import xterm from '@xterm/headless';

/**
 * A terminal in memory that keeps what is on its screen and no more.
 * @param plainEnds a line feed alone ends a line, as in a file
 */
export function createTerminal(columns: number, rows: number, plainEnds: boolean): Terminal {
  return new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 0,
    convertEol: plainEnds,
    // Reading the screen's cells is what xterm.js calls proposed.
    allowProposedApi: true,
    logLevel: 'off',
  });
}
