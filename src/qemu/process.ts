// Not execa: its promise waits for every stream to end, and here QEMU's death and the end of its console are two facts.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Duplex, Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import { UnavailableError } from '../errors.ts';
import { leash } from '../host/leash.ts';
import { toolEnvironment } from '../host/tool-environment.ts';
import { inheritedSockets } from './arguments.ts';

/** QEMU explains itself in its first lines; a guest could make it repeat itself for ever. */
const keptOutput = 16 * 1024;

export type ProcessExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The first 16 KiB of what QEMU wrote to its standard output and error. */
  stderr: string;
};

export type QemuProcess = {
  pid: number;
  /** Everything the guest prints, kept for the reader however early QEMU ends. */
  console: Readable;
  /** Types on the guest's console. */
  type: (bytes: Uint8Array | string) => void;
  qmp: Duplex;
  exited: Promise<ProcessExit>;
  kill(signal: NodeJS.Signals): void;
};

/**
 * Starts `command` on a {@link leash}. It leads a session of its own, so a Ctrl-C at the terminal reaches only us.
 * @param directory where QEMU puts its temporary overlays; it unlinks them as soon as they are open.
 * @param state a file it inherits beside the sockets, open for reading.
 * @throws UnavailableError when it cannot be started at all.
 */
export async function startProcess(
  command: readonly string[],
  directory: string,
  state?: string,
): Promise<QemuProcess> {
  const { program, args } = leash(command);
  const stateFile = state === undefined ? null : await open(state);
  const child = spawn(program, args, {
    // Node makes each pipe a socket pair, which is what QEMU wants of an inherited descriptor.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', stateFile?.fd ?? 'ignore'],
    detached: true,
    env: { ...toolEnvironment(), TMPDIR: directory },
  });
  const output = collectOutput([child.stdout, child.stderr] as Readable[]);
  const exited = once(child, 'exit').then(async ([code, signal]): Promise<ProcessExit> => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stderr: await output,
  }));
  exited.catch(() => undefined);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new UnavailableError(`cannot start setpriv: ${(cause as Error).message}`, { cause });
  } finally {
    await stateFile?.close();
  }
  const console = socketOf(child, inheritedSockets.console);
  return {
    pid: child.pid as number,
    console: preserve(console),
    type: (bytes) => void console.write(bytes),
    qmp: socketOf(child, inheritedSockets.qmp),
    exited,
    kill: (signal) => void child.kill(signal),
  };
}

function socketOf(child: ChildProcess, descriptor: number): Duplex {
  const socket = child.stdio[descriptor] as Duplex;
  // A write that QEMU's end crosses is no news: `exited` tells it.
  return socket.on('error', () => undefined);
}

/** When a child exits, Node throws away what nobody has begun to read from its pipes: begin at once. */
function preserve(socket: Duplex): Readable {
  const preserved = socket.pipe(new PassThrough());
  // Where keystrokes were left unread the socket ends with a reset, which `pipe` does not pass on.
  socket.once('close', () => preserved.end());
  return preserved;
}

async function collectOutput(streams: Readable[]): Promise<string> {
  let text = '';
  await Promise.all(
    streams.map(async (stream) => {
      stream.setEncoding('utf8');
      for await (const chunk of stream as AsyncIterable<string>) {
        text = (text + chunk).slice(0, keptOutput);
      }
    }),
  );
  return text.trim();
}
