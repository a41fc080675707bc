import { setTimeout as sleep } from 'node:timers/promises';
import { keys } from '../console/keys.ts';
import type { Screen } from '../console/screen.ts';
import type { Provider } from '../provider/provider.ts';
import type { Machine } from '../qemu/machine.ts';
import type { Awaited, Ending, Step } from '../scenario/step.ts';
import { signatures } from '../signatures/all.ts';
import type { Meaning } from '../signatures/signature.ts';
import { shellLine, shellLineWithOutput } from './shell-line.ts';
import type { SignalLog } from './signal-log.ts';
import type { SshEnd } from './ssh.ts';

/** Everything steps act on. */
export type Stage = {
  machine: Pick<Machine, 'write' | 'reset' | 'sshPort'>;
  /** Null: the machine has no network, and no step needs one. */
  provider: Provider | null;
  screen: Screen;
  signals: SignalLog;
  /** The private key the guest's ssh server lets in. */
  keyFile: string;
  /** What a program that a step ran has printed. */
  onOutput: (text: string) => void;
};

/** A step that did not do what it should. */
export class StepFailure extends Error {}

/** How often to look at what nobody tells of: the screen, and what the guest has reported. */
const look = 200;

/** A serial line is slow, and so is the program behind it: bytes at a time, and milliseconds between them. */
const pace = { bytes: 8, pause: 20 };

/** What is said when a kernel goes, or by the one that comes after it. */
const farewells: (Meaning | null)[] = ['kexec-starts', 'kexec-leaves', 'reset', 'kernel-starts'];
const departures = new Set(
  signatures.filter(({ meaning }) => farewells.includes(meaning)).map(({ id }) => id),
);

/** What shows that a command can be run: a shell on the console, a system that is up for ssh. */
const readiness = {
  run: signatures.filter(({ shell }) => shell === true).map(({ id }) => id),
  ssh: signatures
    .filter(
      ({ meaning, shell }) => shell === true || meaning === 'login' || meaning === 'system-up',
    )
    .map(({ id }) => id),
};

/** Whether the system that a proof is about is ready for its command. */
export function isReady({ by, generation }: Proving, log: SignalLog): boolean {
  return log.hasSeen(readiness[by], generation);
}

type Proving = Extract<Step, { do: 'prove' }>;

/**
 * Does one step; resolves when it is done, with what the command of a proof has printed.
 * @param number the step's own, 1-based: by it the end of a command on the console is recognised.
 * @throws StepFailure where it did not do what it should; `signal.reason` when aborted.
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
  while (!(await isThere())) await sleep(look, undefined, { signal });
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

/** Runs a proof's command once the system it is about is ready. Returns the first line it printed. */
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
    throw new StepFailure(`it was answered in generation ${generation}, not ${wanted}`);
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
    // A machine that goes never closes the connection: the console tells first.
    const gone = exit === 'gone' ? signals.next(isDeparture, both) : new Promise<never>(() => {});
    const end = await Promise.race([ended, gone]);
    if (end === undefined) return '';
    onOutput(end.output);
    if (exit === 'gone' && end.exitCode === null && end.refused === undefined) return end.output;
    // 255 is also what ssh itself ends with where there is no connection, and so what a scenario expects of none.
    if ((end.exitCode ?? 255) !== exit) throw sshFailure(exit, end);
    return end.output;
  } finally {
    cancel.abort();
    await ended.catch(() => undefined);
  }
}

function isDeparture({ signature }: { signature: string }): boolean {
  return departures.has(signature);
}

/** An ssh server that is not there is the usual reason, and the guest's console does not say so. */
function sshFailure(exit: Ending, { exitCode, output, refused }: SshEnd): StepFailure {
  if (refused === undefined) return wrongEnding(exit, exitCode, output);
  const { attempts, seconds } = refused;
  return new StepFailure(
    `no ssh server let us in (tried ${attempts} times in ${seconds} s)${lastWords(output)}\n` +
      "In the provider's initramfs the tag INITRD_DROPBEAR: '1' starts one; wait for scaleway-sshd-waits before the step.",
  );
}

function wrongEnding(expected: Ending, exitCode: number | null, output: string): StepFailure {
  const wanted = expected === 'gone' ? 'the machine to go' : `exit code ${expected}`;
  const got = exitCode === null ? 'the connection broke' : `got exit code ${exitCode}`;
  return new StepFailure(`expected ${wanted}, ${got}${lastWords(output)}`);
}

function lastWords(output: string): string {
  const words = output.trim().split('\n').slice(-3).join(' / ');
  return words === '' ? '' : `: ${words}`;
}
