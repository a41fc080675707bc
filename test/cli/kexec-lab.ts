import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The command line, from its source, as words of a command. */
export const kexecLabCommand = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)),
];

type Ended = { stdout: string; stderr: string; exitCode: number | undefined };

/** Runs it and gives back what it printed, without the last newline; never rejects for an exit code. */
export async function kexecLab(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  const [node = '', ...rest] = kexecLabCommand;
  return ended(execa(node, [...rest, ...words], { reject: false, env: { NO_COLOR: '1', ...env } }));
}

/** Runs a line of shell in which `"$@"` is kexec-lab with these words. */
export async function inShell(line: string, words: string[]): Promise<Ended> {
  return ended(execa('sh', ['-c', line, 'sh', ...kexecLabCommand, ...words], { reject: false }));
}

async function ended(running: PromiseLike<Partial<Ended>>): Promise<Ended> {
  const { stdout = '', stderr = '', exitCode } = await running;
  return { stdout, stderr, exitCode };
}
