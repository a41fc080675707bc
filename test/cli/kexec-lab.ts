import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const sources = fileURLToPath(new URL('../../src', import.meta.url));
const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The command line as users have it (it starts five times as fast as its source), as words of a command. */
export const kexecLabCommand = [process.execPath, program];
mustBeCurrent();

function mustBeCurrent(): void {
  const built = statSync(program).mtimeMs;
  const newer = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .find((file) => statSync(join(sources, file)).mtimeMs > built);
  if (newer === undefined) return;
  throw new Error(`dist/ was built before src/${newer} was written; run: npm run build`);
}

/** The terminal, the locale and the configuration file of whoever runs the tests make no difference. */
const withoutUser = { NO_COLOR: '1', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: '/nonexistent' };

type Ended = { stdout: string; stderr: string; exitCode: number | undefined };

/** Runs it and gives back what it printed, without the last newline; never rejects for an exit code. */
export async function kexecLab(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  const [node = '', ...rest] = kexecLabCommand;
  return ended(
    execa(node, [...rest, ...words], { reject: false, env: { ...withoutUser, ...env } }),
  );
}

/** Runs a line of shell in which `"$@"` is kexec-lab with these words. */
export async function inShell(
  line: string,
  words: string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const all = ['-c', line, 'sh', ...kexecLabCommand, ...words];
  return ended(execa('sh', all, { reject: false, env: { LC_ALL: 'C.UTF-8', ...env } }));
}

async function ended(running: PromiseLike<Partial<Ended>>): Promise<Ended> {
  const { stdout = '', stderr = '', exitCode } = await running;
  return { stdout, stderr, exitCode };
}
