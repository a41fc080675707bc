import type { Terminal } from '@xterm/headless';
import xterm from '@xterm/headless';

/** A terminal in memory that keeps what is on its screen and no more. */
export function createTerminal(columns: number, rows: number): Terminal {
  return new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 0,
    // Reading the screen's cells is what xterm.js calls proposed.
    allowProposedApi: true,
    logLevel: 'off',
  });
}
