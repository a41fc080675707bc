/** What became of a cell, from what its attempt printed and from its boot. */
import { diagnose } from '../../src/index.ts';
import type { Boot } from './boots.ts';
import type { Cell, Place } from './data.ts';
import type { Attempt, Command } from './guest.ts';

/** What became of a kernel that was started. */
export type Became = Pick<
  Extract<Cell['tried'], { as: 'started' }>,
  'outcome' | 'generation' | 'release' | 'meaning' | 'cure' | 'evidence'
>;

/** Starts each kernel that was loaded. Takes the numbers of the commands, and returns what became of them in their order. */
type Starter = (numbers: readonly number[]) => Promise<Became[]>;

/**
 * The cells of `places`, which were tried with `commands` in one boot whose console is `console`: a refusal is final, and
 * what was loaded is started.
 */
export async function settleCells(
  places: readonly Place[],
  commands: readonly Command[],
  attempts: readonly Attempt[],
  console: string,
  start: Starter,
): Promise<Cell[]> {
  const loaded = attempts.filter((attempt) => attempt.loaded);
  const started = await start(loaded.map(({ number }) => number));
  const cells: Cell[] = [];
  for (const [index, place] of places.entries()) {
    const attempt = attempts.find(({ number }) => number === index + 1);
    if (attempt === undefined) throw new Error(`command ${index + 1} was not tried`);
    const command = withoutSpeedUp(commands[index]?.command ?? '');
    const run = started[loaded.indexOf(attempt)];
    const tried =
      run === undefined
        ? await refused(command, attempt, console)
        : startedAs(command, attempt, run);
    cells.push({ ...place, tried });
  }
  return cells;
}

/** What a user types. `--no-checks` only saves time: it leaves out the digest that the purgatory compares. */
function withoutSpeedUp(command: string): string {
  return command.replace(' --no-checks', '');
}

/** What kexec-lab says of a console on which a load failed: the boot, the command, its words, and the prompt again. */
async function refused(command: string, attempt: Attempt, console: string): Promise<Cell['tried']> {
  const { exit, tool, kernel } = attempt;
  const boot = console.split('\n').filter((line) => !line.startsWith('truth: '));
  const prompt =
    boot.findLast((line) => /^\S+:~?[^ ]* ?# /.test(line))?.match(/^.*?# /)?.[0] ?? '# ';
  const untilLogin = boot.slice(0, boot.findIndex((line) => line.includes('login: root')) + 1);
  const log = [...untilLogin, `${prompt}${command}`, ...kernel, ...tool, prompt];
  const { outcome, meaning, cure } = await diagnose(log);
  return { as: 'refused', command, exit, tool, kernel, outcome, meaning, cure };
}

function startedAs(command: string, { tool, kernel }: Attempt, became: Became): Cell['tried'] {
  return { as: 'started', command, tool, kernel, ...became };
}

/** What became of the kernel that was started last in a boot. */
export function becameOf({ result }: Boot): Became {
  const { outcome, generation, release, meaning, cure, evidence } = result;
  return {
    ...{ generation, meaning, cure },
    outcome: outcome ?? result.verdict,
    release: outcome === 'booted' ? release : null,
    evidence: evidence.slice(0, 3).map(({ text }) => text),
  };
}
