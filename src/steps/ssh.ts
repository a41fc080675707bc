import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { UnavailableError } from '../errors.ts';
import { leash, toolEnvironment } from '../host/processes.ts';

/** Attempts to connect, since the server may only just be starting, and milliseconds for all of them. */
const attempts = 5;
const longestTry = 60_000;

type SshTarget = { port: number; keyFile: string };

/** How a command over ssh ended. */
export type SshEnd = {
  /** The command's exit code; null if the connection broke or was never made. */
  exitCode: number | null;
  /** The output of the command; without an exit code, also ssh's messages about the connection. */
  output: string;
  /** Set if no server accepted the connection: how often that was tried, and for how many seconds. */
  refused?: { attempts: number; seconds: number };
};

/**
 * Makes a key pair without a passphrase at `file`; returns the line of the public key.
 * @throws UnavailableError when ssh-keygen fails
 */
export async function makeKey(file: string): Promise<string> {
  const { program, args } = leash(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const { failed, shortMessage } = await execa(program, args, quiet());
  if (failed) throw new UnavailableError(`ssh-keygen failed: ${shortMessage ?? ''}`);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/**
 * Runs `command` as root on the guest. Its host key is not checked, because it is new on every boot. A connection that is
 * refused before the command starts is retried a few times; a command that has started is never run again. Only ssh's own
 * log, kept next to the key meanwhile, distinguishes the two: exit code 255 may be ssh's or the command's (ssh(1)).
 * @throws UnavailableError when ssh cannot be run or is killed
 */
export async function runSsh(
  { port, keyFile }: SshTarget,
  command: string,
  stdin: string,
  signal: AbortSignal,
): Promise<SshEnd> {
  const log = `${keyFile}.log`;
  const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'BatchMode=yes'];
  const patience = ['ConnectTimeout=30', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'];
  const { program, args } = leash([
    ...['ssh', '-F', 'none', '-p', String(port), '-i', keyFile, '-E', log, '-o', 'LogLevel=DEBUG1'],
    ...[...options, ...patience].flatMap((option) => ['-o', option]),
    ...['root@127.0.0.1', command],
  ]);
  const started = performance.now();
  try {
    for (let attempt = 1; ; attempt += 1) {
      await rm(log, { force: true });
      const { exitCode, all, ...ended } = await execa(program, args, {
        ...quiet(),
        input: stdin,
        all: true,
        cancelSignal: signal,
      });
      signal.throwIfAborted();
      if (exitCode === undefined) throw notRun(ended.shortMessage ?? 'no exit code');
      const told = readSshLog(await readFile(log, 'utf8').catch(() => ''));
      if (told === null) throw notRun(all.trim() || `exit code ${exitCode}`);
      if (told.exitCode !== null) return { exitCode: told.exitCode, output: all };
      const end = { exitCode: null, output: [all, told.words].filter(Boolean).join('\n') };
      const refused =
        !told.authenticated &&
        /refused|kex_exchange|banner exchange|reset by peer/i.test(told.words);
      if (!refused) return end;
      const tried = performance.now() - started;
      if (attempt === attempts || tried > longestTry) {
        return { ...end, refused: { attempts: attempt, seconds: Math.round(tried / 1000) } };
      }
      await sleep(1000, undefined, { signal });
    }
  } finally {
    await rm(log, { force: true });
  }
}

function notRun(why: string): UnavailableError {
  return new UnavailableError(`ssh did not run to its end: ${why}`, {
    hint: 'Check the host: kexec-lab doctor for tools, df for disk space, ulimit -a for limits.',
  });
}

const quiet = () => ({ env: toolEnvironment(), reject: false }) as const;

/** What ssh's own log (`ssh -E FILE -o LogLevel=DEBUG1`) shows about a connection. */
type SshLog = {
  /** Whether the server accepted the key; the command has been started then. */
  authenticated: boolean;
  /** The command's exit code; null if ssh did not receive it. */
  exitCode: number | null;
  /** ssh's other messages about the connection, errors included. */
  words: string;
};

/** Reads the log; null if ssh did not get far enough to write one. The messages are those of OpenSSH 8.4 to 10. */
export function readSshLog(log: string): SshLog | null {
  const lines = log.split('\n').map((line) => line.trimEnd());
  if (!lines.some((line) => line.startsWith('debug1: '))) return null;
  const exit = lines
    .flatMap((line) => /^debug1: Exit status (-?\d+)$/.exec(line)?.[1] ?? [])
    .at(-1);
  // A command that a signal killed has no exit code: the log says -1, and ssh exits with 255.
  const exitCode = exit === undefined ? null : Number(exit);
  return {
    authenticated: lines.some((line) =>
      /^(Authenticated to |debug1: Authentication succeeded)/.test(line),
    ),
    exitCode: exitCode === null || exitCode < 0 ? null : exitCode,
    words: lines.filter((line) => line !== '' && !isChatter(line)).join('\n'),
  };
}

function isChatter(line: string): boolean {
  return /^(debug\d: |OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Warning: Permanently added )/.test(
    line,
  );
}
