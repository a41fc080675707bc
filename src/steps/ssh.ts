import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { UnavailableError } from '../errors.ts';
import { leash, toolEnvironment } from '../host/processes.ts';

/** A server that is about to start gets so many more chances, and so much time for all of them. */
const attempts = 5;
const longestTry = 60_000;

export type SshTarget = { port: number; keyFile: string };

/** How a command over ssh ended. */
export type SshEnd = {
  /** The command's own; null where there is none, because the connection broke or never stood. */
  exitCode: number | null;
  /** All that the command printed; where there is no exit code, what ssh said of that. */
  output: string;
  /** Set where no server let anybody in: how often that was tried, and for how many seconds. */
  refused?: { attempts: number; seconds: number };
};

/** Makes a key pair without a passphrase at `file`; returns the public key's line. */
export async function makeKey(file: string): Promise<string> {
  const { program, args } = leash(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file]);
  const { failed, shortMessage } = await execa(program, args, quiet());
  if (failed) throw new UnavailableError(`ssh-keygen failed: ${shortMessage ?? ''}`);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/**
 * Runs `command` as root on the guest, the way the post does: its host key is new on every boot, so nobody checks it.
 * A connection that is refused before the command began is tried again a few times; one that stood never is, whatever
 * the command's exit code. ssh's own log, beside the key while this lasts, tells the two apart: exit code 255 is both
 * ssh's and any command's (ssh(1)).
 * @throws UnavailableError when ssh cannot be run, or is killed
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
  return new UnavailableError(`ssh could not be run to its end: ${why}`, {
    hint: 'Look for what the host lacks: kexec-lab doctor shows its tools, df and ulimit -a its room.',
  });
}

const quiet = () => ({ env: toolEnvironment(), reject: false }) as const;

/** What ssh's own log (`ssh -E FILE -o LogLevel=DEBUG1`) tells of a connection. */
export type SshLog = {
  /** Whether the server let us in; the command has been started then. */
  authenticated: boolean;
  /** The command's exit code; null where ssh never heard of it. */
  exitCode: number | null;
  /** What ssh says of the connection besides, its errors among it. */
  words: string;
};

/** Reads the log; null where ssh did not get so far as to write one. Messages are those of OpenSSH 8.4 to 10. */
export function readSshLog(log: string): SshLog | null {
  const lines = log.split('\n').map((line) => line.trimEnd());
  if (!lines.some((line) => line.startsWith('debug1: '))) return null;
  const exit = lines
    .flatMap((line) => /^debug1: Exit status (-?\d+)$/.exec(line)?.[1] ?? [])
    .at(-1);
  // A command that a signal ended has no exit code; the client's is -1 then, and ssh's own 255.
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
