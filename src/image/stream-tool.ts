import { execa, ExecaError } from 'execa';
import { toolEnvironment } from '../host/tool-environment.ts';

type StreamOptions = {
  /** What the tool reads; default: nothing. */
  input?: NodeJS.ReadableStream;
  signal?: AbortSignal | undefined;
};

/** How a tool ended that was read to the end. */
export class ToolFailure extends Error {
  /** Undefined where the tool is not there. */
  readonly exitCode: number | undefined;

  constructor(words: string, exitCode: number | undefined) {
    super(words);
    this.name = 'ToolFailure';
    this.exitCode = exitCode;
  }
}

/**
 * What a system tool writes to standard output, piece by piece, so that nobody has to hold the whole. A reader that has
 * seen enough leaves the loop: the tool is ended then, and dies with this process too.
 * @throws ToolFailure behind the last piece, with the first line of what the tool said, where it fails
 */
export async function* streamTool(
  tool: string,
  args: readonly string[],
  { input, signal }: StreamOptions = {},
): AsyncGenerator<Uint8Array> {
  const running = execa('setpriv', ['--pdeathsig', 'KILL', '--', tool, ...args], {
    ...(input === undefined ? { stdin: 'ignore' as const } : { input: input as never }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    buffer: { stdout: false, stderr: true },
    maxBuffer: 2 ** 16,
    env: toolEnvironment(),
    forceKillAfterDelay: 2_000,
  });
  const ended = running.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  let whole = false;
  try {
    for await (const chunk of running.stdout) yield chunk as Uint8Array;
    whole = true;
  } finally {
    if (!whole) {
      running.stdout.destroy();
      running.kill('SIGKILL');
    }
    await ended;
  }
  const error = await ended;
  if (error === null) return;
  signal?.throwIfAborted();
  if (!(error instanceof ExecaError)) throw error;
  const stderr = wordsOf(error).trim();
  const missing = stderr.startsWith('setpriv: ');
  throw new ToolFailure(
    stderr.split('\n')[0] || error.shortMessage,
    missing ? undefined : error.exitCode,
  );
}

function wordsOf({ stderr }: { stderr?: unknown }): string {
  return typeof stderr === 'string' ? stderr : '';
}
