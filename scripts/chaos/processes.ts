import { readdirSync, readFileSync } from 'node:fs';

export type Process = { pid: number; command: string };

/** Processes whose environment has the mark: those of one run, and of nobody else. */
export function processesOf(mark: string): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(pid, 'environ').split('\0').includes(mark))
    .map((pid) => ({
      pid: Number(pid),
      command: read(pid, 'cmdline').split('\0').join(' ').trim(),
    }))
    .filter(({ command }) => command !== '');
}

/** Those of them that run a program of that name, itself and not through a wrapper. */
export function running(mark: string, program: RegExp): Process[] {
  return processesOf(mark).filter(({ command }) => {
    const name = command.split(' ')[0]?.split('/').at(-1) ?? '';
    return program.test(name) && !command.endsWith('--version');
  });
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // It has ended since, or is another user's.
  }
}
