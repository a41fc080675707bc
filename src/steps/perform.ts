import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '../console/keys.ts';
import type { Screen } from '../console/screen.ts';
import type { Provider } from '../provider/provider.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Awaited, Ending, Step } from '../scenario/step.ts';
import { shellLine, shellLineWithOutput } from '../text/shell.ts';
import type { SignalLog } from './signal-log.ts';
import { isDeparture, readiness } from './signal-log.ts';
import type { SshEnd } from './ssh.ts';

/** Everything that steps act on. */
export type Stage = {
  machine: Pick<Machine, 'write' | 'reset' | 'sshPort'>;
  /** Null: the machine has no network, and no step needs one. */
  provider: Provider | null;
  screen: Screen;
  signals: SignalLog;
  /** The private key that the guest's ssh server accepts. */
  keyFile: string;
  /** Receives the output of a program that a step ran. */
  onOutput: (text: string) => void;
};

/** A step that did not do what the scenario says. */
export class StepFailure extends Error {}

/** How often to poll what has no events: the screen and the states that the guest reported. Milliseconds. */
const pollEvery = 200;

/**
 * Serial lines and the programs that read them lose input that is typed too fast. Bytes at once, and the milliseconds
 * between.
 */
const pace = { bytes: 8, pause: 20 };

type Proving = Extract<Step, { do: 'prove' }>;

/**
 * Performs one step. Resolves when it is done; for a proof by command, with the first line that the command printed.
 * @param number the number of the step, 1-based, by which the end of a command on the console is recognised
 * @throws StepFailure when the step failed; `signal.reason` when aborted
 */
export async function perform(
  step: Step,
  number: number,
  stage: Stage,
  signal: AbortSignal,
): Promise<string> {
  if (step.do === 'prove') return prove(step, number, stage, signal);
  await act(step, number, stage, signal);
  return '';
}

async function act(
  step: Exclude<Step, { do: 'prove' }>,
  number: number,
  stage: Stage,
  signal: AbortSignal,
): Promise<void> {
  const { machine, provider, signals: log } = stage;
  switch (step.do) {
    case 'wait':
      return waitFor(step.for, stage, signal);
    case 'type':
      return type(machine, step.text.replaceAll('\n', '\r'), signal);
    case 'key':
      return type(machine, keys[step.key], signal);
    case 'run':
      log.skip();
      await type(machine, `${shellLine(step.command, number)}\r`, signal);
      return runEnds(step.exit, number, log, signal);
    case 'ssh':
      log.skip();
      await ssh(step, stage, signal);
      return;
    case 'tags':
      provider?.setTags(step.tags);
      return;
    case 'reset':
      return machine.reset();
    case 'fault':
      return provider?.killDisk();
  }
}

async function waitFor(
  awaited: Awaited,
  { signals, screen, provider }: Stage,
  signal: AbortSignal,
): Promise<void> {
  if ('signature' in awaited) {
    const { signature, generation } = awaited;
    return signals.next(
      (entry) =>
        entry.signature === signature && entry.generation === (generation ?? entry.generation),
      signal,
    );
  }
  const isThere =
    'screen' in awaited
      ? async () => (await screen.text()).some((row) => row.includes(awaited.screen))
      : () => provider?.reported.some(({ state }) => state === awaited.reported);
  while (!(await isThere())) await sleep(pollEvery, undefined, { signal });
}

async function type(machine: Stage['machine'], text: string, signal: AbortSignal): Promise<void> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pace.bytes) {
    machine.write(bytes.subarray(from, from + pace.bytes));
    await sleep(pace.pause, undefined, { signal });
  }
}

async function runEnds(
  expected: Ending,
  number: number,
  signals: SignalLog,
  signal: AbortSignal,
): Promise<void> {
  if (expected === 'gone') return signals.next(isDeparture, signal);
  const { exit } = await stepEnd(number, signals, signal);
  if (exit !== expected) throw wrongEnding(expected, exit, '');
}

async function stepEnd(
  number: number,
  signals: SignalLog,
  signal: AbortSignal,
): Promise<{ exit: number; output: string; generation: number }> {
  let end = { exit: -1, output: '', generation: 0 };
  await signals.next(({ signature, captures, generation }) => {
    if (signature !== 'step-ended' || captures['step'] !== String(number)) return false;
    end = { exit: Number(captures['exit']), output: captures['output'] ?? '', generation };
    return true;
  }, signal);
  return end;
}

/** Runs the command of a proof once the system is ready. Returns the first line that it printed. */
async function prove(
  step: Proving,
  number: number,
  stage: Stage,
  signal: AbortSignal,
): Promise<string> {
  const { by, command, generation: wanted } = step;
  const { signals, machine } = stage;
  await signals.seen(readiness[by], wanted, signal);
  signals.skip();
  if (by === 'ssh')
    return firstLine(await ssh({ do: 'ssh', command, stdin: '', exit: 0 }, stage, signal));
  await type(machine, `${shellLineWithOutput(command, number)}\r`, signal);
  const { exit, output, generation } = await stepEnd(number, signals, signal);
  if (generation !== wanted)
    throw new StepFailure(`generation ${generation} answered, not generation ${wanted}`);
  if (exit !== 0) throw wrongEnding(0, exit, output);
  return firstLine(output);
}

function firstLine(output: string): string {
  return output.trim().split('\n')[0]?.trim() ?? '';
}

async function ssh(
  { command, stdin, exit }: Extract<Step, { do: 'ssh' }>,
  { machine, keyFile, signals, onOutput }: Stage,
  signal: AbortSignal,
): Promise<string> {
  const cancel = new AbortController();
  const both = AbortSignal.any([signal, cancel.signal]);
  const target = { port: await machine.sshPort(), keyFile };
  const { runSsh } = await import('./ssh.ts');
  const ended = runSsh(target, command, stdin, both);
  try {
    // A machine that leaves never closes the connection; the console shows that it has left.
    const gone = exit === 'gone' ? signals.next(isDeparture, both) : new Promise<never>(() => {});
    const end = await Promise.race([ended, gone]);
    if (end === undefined) return '';
    onOutput(end.output);
    if (exit === 'gone' && end.exitCode === null && end.refused === undefined) return end.output;
    // ssh itself exits with 255 where there is no connection, so a scenario that expects none says 255.
    if ((end.exitCode ?? 255) !== exit) throw sshFailure(exit, end);
    return end.output;
  } finally {
    cancel.abort();
    await ended.catch(() => undefined);
  }
}

/** The usual reason is a missing ssh server, which the guest's console does not show. */
function sshFailure(exit: Ending, { exitCode, output, refused }: SshEnd): StepFailure {
  if (refused === undefined) return wrongEnding(exit, exitCode, output);
  const { attempts, seconds } = refused;
  return new StepFailure(
    `no ssh server accepted the connection (tried ${attempts} times in ${seconds} s)${lastWords(output)}\n` +
      "In the provider's initramfs, the tag INITRD_DROPBEAR: '1' starts a server; wait for scaleway-sshd-waits before this step.",
  );
}

function wrongEnding(expected: Ending, exitCode: number | null, output: string): StepFailure {
  const wanted = expected === 'gone' ? 'the machine to leave' : `exit code ${expected}`;
  const got = exitCode === null ? 'the connection broke' : `got exit code ${exitCode}`;
  return new StepFailure(`expected ${wanted}, ${got}${lastWords(output)}`);
}

function lastWords(output: string): string {
  const words = output.trim().split('\n').slice(-3).join(' / ');
  return words === '' ? '' : `: ${words}`;
}
