import type { Duplex } from 'node:stream';
import { UnavailableError } from '../errors.ts';
import { nanosecondsPerInstruction } from './arguments.ts';

/** Far longer than any answer to the lab's commands. Characters. */
const longestLine = 1 << 20;
const answerSeconds = 30;

/** QEMU has ended or does not answer: the connection cannot be used any more. */
export class QmpLost extends UnavailableError {}

/** QMP, QEMU's control protocol: one JSON object per line. */
export type Qmp = {
  /**
   * Executes a command and returns its result.
   * @throws UnavailableError if QEMU refuses; QmpLost if it has ended, or does not answer within 30 s, which ends the connection.
   */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown>;
};

type QmpEventListener = (event: string, data: Record<string, unknown>) => void;

type Message = {
  QMP?: unknown;
  id?: number;
  return?: unknown;
  error?: { desc: string };
  event?: string;
  data?: Record<string, unknown>;
};

type Answer = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** QEMU sends a greeting first; it is handled like the answer to a command with this id. */
const greetingId = 0;

/**
 * Opens QMP on `stream`: waits for the greeting and negotiates capabilities.
 * @throws UnavailableError if the stream ends or contains something else first.
 */
export async function connectQmp(stream: Duplex, onEvent: QmpEventListener): Promise<Qmp> {
  const awaited = new Map<number, Answer>();
  let lastId = greetingId;
  let ended: QmpLost | undefined;

  const answerTo = (id: number, what: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // QEMU may still execute the command later, so the state of the machine is unknown from here on.
        end(`no answer from QEMU to ${what} within ${answerSeconds} s`);
      }, answerSeconds * 1000);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        awaited.delete(id);
        act();
      };
      awaited.set(id, {
        resolve: (value) => {
          settle(() => {
            resolve(value);
          });
        },
        reject: (error) => {
          settle(() => {
            const Kind = error instanceof QmpLost ? QmpLost : UnavailableError;
            reject(new Kind(`${what}: ${error.message}`, { cause: error }));
          });
        },
      });
    });

  const receive = (message: Message): void => {
    if (message.event !== undefined) {
      onEvent(message.event, message.data ?? {});
      return;
    }
    const answer = awaited.get(message.QMP === undefined ? (message.id ?? -1) : greetingId);
    if (message.error === undefined) answer?.resolve(message.return);
    else answer?.reject(new Error(message.error.desc));
  };

  const end = (reason: string, cause?: unknown): void => {
    if (ended !== undefined) return;
    ended = new QmpLost(reason, { cause });
    stream.destroy();
    for (const answer of awaited.values()) answer.reject(ended);
  };

  const greeting = answerTo(greetingId, 'QMP greeting');
  readLines(stream, (line) => {
    receive(JSON.parse(line) as Message);
  }).then(
    () => {
      end('QEMU closed its control connection');
    },
    (cause: unknown) => {
      end('the control connection to QEMU broke', cause);
    },
  );

  const execute: Qmp['execute'] = async (command, args) => {
    if (ended !== undefined) throw ended;
    const answer = answerTo(++lastId, command);
    stream.write(`${JSON.stringify({ execute: command, arguments: args, id: lastId })}\n`);
    return answer;
  };

  await greeting;
  await execute('qmp_capabilities');
  return { execute };
}

/** Calls `onLine` for every non-empty line until the stream ends. */
async function readLines(stream: Duplex, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new Error('a line is too long');
    lines.filter((line) => line.trim() !== '').forEach(onLine);
  }
}

/** The interval of the announcements, their number, and how often they are requested again. Host milliseconds. */
const everyMs = 10;
const rounds = 1000;
const againMs = 3000;

/**
 * Keeps QEMU answering while it records. The CPU of a recorded machine holds the lock that QEMU's main loop needs until its
 * next timer, or for 2 s of guest time, which take a minute for a guest that causes one fault after the other. During a
 * recording, timers on the host's clock end its turn too (`icount_get_limit`, accel/tcg), and the replay does not need them.
 * `announce-self` to no interface creates a thousand such timers and does nothing else.
 *
 * @returns a function that ends it
 */
export function keepAnswering(qmp: Qmp): () => void {
  const announcement = { initial: everyMs, max: everyMs, rounds, step: 0, interfaces: [] };
  const announce = (): void => {
    qmp.execute('announce-self', announcement).catch(() => undefined);
  };
  announce();
  const timer = setInterval(announce, againMs);
  return () => {
    clearInterval(timer);
  };
}

/** Data register of the PL031 real-time clock of QEMU's `virt` boards (hw/arm/virt.c, both architectures). */
const rtcDataRegister = '0x09010000';

/**
 * The guest's clock in whole seconds from an arbitrary start; differences are guest time. Reading it does not disturb the
 * guest.
 * @throws UnavailableError if QEMU has ended or gives an unexpected answer.
 */
export async function readGuestClock(qmp: Qmp): Promise<number> {
  const answer = String(
    await qmp.execute('human-monitor-command', { 'command-line': `xp /1wx ${rtcDataRegister}` }),
  );
  const word = /:\s*(0x[0-9a-f]+)/.exec(answer)?.[1];
  if (word === undefined)
    throw new UnavailableError(`QEMU's clock cannot be read: ${answer.trim()}`);
  return Number(word);
}

/** Guest seconds spent executing instructions; null if the machine does not count instructions. */
export async function readExecutedSeconds(qmp: Qmp): Promise<number | null> {
  // With -icount, QEMU also counts without a recording. Otherwise it answers 0.
  const { icount } = (await qmp.execute('query-replay')) as { icount: number };
  return icount === 0 ? null : (icount * nanosecondsPerInstruction) / 1e9;
}
