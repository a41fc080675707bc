import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { leash } from '../host/leash.ts';
import { toolEnvironment } from '../host/tool-environment.ts';
import { UnavailableError } from '../errors.ts';

/** ssh's own exit code where the connection is at fault (ssh(1)). */
const connectionFailed = 255;
/** A server that is about to start gets so many more chances, and so much time for all of them. */
const attempts = 5;
const longestTry = 60_000;

export type SshTarget = { port: number; keyFile: string };

/** How a command over ssh ended. */
export type SshEnd = {
  exitCode: number;
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
 * A connection that is refused before the command began is tried again a few times.
 * @returns the command's exit code (255 where the connection broke or never stood), and all it printed.
 */
export async function runSsh(
  { port, keyFile }: SshTarget,
  command: string,
  stdin: string,
  signal: AbortSignal,
): Promise<SshEnd> {
  const options = ['UserKnownHostsFile=/dev/null', 'StrictHostKeyChecking=no', 'BatchMode=yes'];
  const patience = ['ConnectTimeout=30', 'ServerAliveInterval=15', 'ServerAliveCountMax=4'];
  const { program, args } = leash([
    ...['ssh', '-F', 'none', '-p', String(port), '-i', keyFile, '-o', 'LogLevel=ERROR'],
    ...[...options, ...patience].flatMap((option) => ['-o', option]),
    ...['root@127.0.0.1', command],
  ]);
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const { exitCode, all } = await execa(program, args, {
      ...quiet(),
      input: stdin,
      all: true,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    const end = { exitCode: exitCode ?? connectionFailed, output: all };
    const refused =
      end.exitCode === connectionFailed &&
      /refused|kex_exchange|banner exchange|reset by peer/i.test(end.output);
    if (!refused) return end;
    const tried = performance.now() - started;
    if (attempt === attempts || tried > longestTry) {
      return { ...end, refused: { attempts: attempt, seconds: Math.round(tried / 1000) } };
    }
    await sleep(1000, undefined, { signal });
  }
}

const quiet = () => ({ env: toolEnvironment(), reject: false }) as const;
