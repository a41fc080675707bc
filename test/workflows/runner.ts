import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** A step as a workflow or an action has it. */
export type Step = {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  with?: Record<string, string>;
  run?: string;
  env?: Record<string, string>;
};

/** Where a step runs: what GitHub's runner gives it, in directories whose names have spaces. */
export class Runner {
  readonly workspace: string;
  readonly temporary: string;
  readonly #env: Record<string, string>;
  #scripts = 0;

  constructor(directory: string, env: Record<string, string> = {}) {
    this.workspace = join(directory, 'work space');
    this.temporary = join(directory, 'runner temp');
    for (const made of [this.workspace, this.temporary]) mkdirSync(made, { recursive: true });
    this.#env = env;
    for (const name of ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'])
      writeFileSync(this.file(name), '');
  }

  /** The file behind a variable such as GITHUB_OUTPUT. */
  file(name: string): string {
    return join(this.temporary, name.toLowerCase());
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  /** Runs a script as `shell: bash` does. Its outputs are those of this step alone. */
  async script(run: string, env: Record<string, string> = {}) {
    this.#scripts += 1;
    const script = join(this.temporary, `script ${this.#scripts}.sh`);
    writeFileSync(script, run);
    writeFileSync(this.file('GITHUB_OUTPUT'), '');
    const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];
    const { exitCode, all } = await execa(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', script],
      {
        cwd: this.workspace,
        reject: false,
        all: true,
        env: {
          ...Object.fromEntries(files.map((name) => [name, this.file(name)])),
          ...{ GITHUB_ACTIONS: 'true', CI: 'true', GITHUB_WORKSPACE: this.workspace },
          RUNNER_TEMP: this.temporary,
          ...this.#env,
          ...env,
        },
      },
    );
    return { exitCode, log: all, outputs: parseOutputs(this.read('GITHUB_OUTPUT')) };
  }
}

/** `name=value` and `name<<END … END`, as runners read them. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    const [, name, end] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
    if (name !== undefined && end !== undefined) {
      const at = lines.indexOf(end);
      if (at === -1) throw new Error(`the output ${name} does not end`);
      outputs[name] = lines
        .splice(0, at + 1)
        .slice(0, -1)
        .join('\n');
    } else if (line !== '') {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`"${line}" is not an output`);
      outputs[line.slice(0, at)] = line.slice(at + 1);
    }
  }
  return outputs;
}
