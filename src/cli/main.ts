#!/usr/bin/env node
/** Starts the program. It imports nothing statically, so that it can report that the limit for open files is too low. */
try {
  const { start } = await import('./start.ts');
  await start(process.argv.slice(2));
} catch (error) {
  const { code } = error as { code?: unknown };
  if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
  process.stderr.write('too many open files\n  Raise the limit (`ulimit -n 1024`).\n');
  process.exitCode = 5;
}
