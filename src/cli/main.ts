#!/usr/bin/env node
/** Starts the program. It loads nothing by itself: where the host has too few open files even for that, it says so. */
try {
  const { start } = await import('./start.ts');
  await start(process.argv.slice(2));
} catch (error) {
  const { code } = error as { code?: unknown };
  if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
  process.stderr.write('too many open files\n  Raise the limit (`ulimit -n 1024`).\n');
  process.exitCode = 5;
}
