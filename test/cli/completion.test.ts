import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import type { Command } from 'commander';
import { placeholderOf, placeholders } from '../../src/cli/completion.ts';
import { createProgram } from '../../src/cli/program.ts';
import { kexecLab, kexecLabCommand } from './kexec-lab.ts';

t.setTimeout(1_200_000);

/** A directory for PATH in which kexec-lab is this build. */
const bin = t.testdir({});
const command = join(bin, 'kexec-lab');
writeFileSync(command, `#!/bin/sh\nexec ${kexecLabCommand.join(' ')} "$@"\n`);
chmodSync(command, 0o755);

/** What bash offers for these words; it parts them at = and : as readline does. */
async function inBash(...words: string[]): Promise<string[]> {
  const line = `eval "$(kexec-lab completion bash)"
    COMP_WORDS=(kexec-lab "$@"); COMP_CWORD=$#; _kexec_lab kexec-lab; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['-c', line, 'bash', ...words], {
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  return stdout.split('\n');
}

t.test('bash: commands, options, values, scenarios, files', async (t) => {
  t.strictSame(await inBash('comp'), ['compare', 'completion']);
  t.strictSame(await inBash('images', 'ver'), ['verify']);
  t.strictSame(await inBash('help', 'dia'), ['diagnose']);
  t.strictSame(await inBash('help', 'out'), ['outcomes']);
  t.strictSame(await inBash('run', '--max'), ['--max-failures']);
  t.strictSame(await inBash('run', '--arch', ''), ['aarch64', 'arm']);
  t.strictSame(await inBash('run', '--arch', '=', 'aa'), ['aarch64']);
  t.strictSame(await inBash('run', '--arch', '='), ['aarch64', 'arm']);
  t.strictSame(await inBash('run', '--reporter', 'jun'), ['junit']);
  t.strictSame(await inBash('run', '--jobs', '2', 'kexec-to-dis'), ['kexec-to-distro']);
  t.strictSame(await inBash('run', 'all', '--exclude', 'kexec-to-dis'), ['kexec-to-distro']);
  t.ok((await inBash('run', '')).includes('quick'), 'labels');
  t.strictSame(await inBash('images', 'build', 'mini-disk-u'), ['mini-disk-uefi']);
  t.strictSame(await inBash('schema', 'scen'), ['scenario']);
  t.strictSame(await inBash('diagnose', 'package.js'), ['package.json']);
  t.strictSame(await inBash('run', 'all', '--out', 'scri'), ['scripts']);
  t.strictSame(await inBash('run', 'all', '--reporter', 'junit', '=', 'READ'), ['README.md']);
  t.strictSame(await inBash('run', 'all', '--jobs', ''), ['']);
});

for (const shell of ['zsh', 'fish']) {
  t.test(`${shell} can read its script`, async (t) => {
    const { stdout } = await kexecLab(['completion', shell]);
    const found = await execa(shell, ['-n', '-c', stdout], { reject: false });
    if (found.code === 'ENOENT') {
      t.comment(`${shell} is not installed`);
      return;
    }
    t.equal(found.exitCode, 0, found.stderr);
  });
}

t.test('fish offers what bash does', async (t) => {
  const line = `kexec-lab completion fish | source; complete -C 'kexec-lab run --arch '`;
  const found = await execa('fish', ['-c', line], {
    reject: false,
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` },
  });
  if (found.code === 'ENOENT') {
    t.comment('fish is not installed');
    return;
  }
  t.strictSame(
    found.stdout.split('\n').map((each) => each.trim()),
    ['aarch64', 'arm'],
  );
});

t.test('an unknown shell', async (t) => {
  const { stderr, exitCode } = await kexecLab(['completion', 'tcsh']);
  t.equal(exitCode, 2);
  t.match(stderr, /'tcsh'.*bash.*zsh.*fish/);
});

t.test('every placeholder and argument of the program is known', async (t) => {
  const every = (one: Command): Command[] => [one, ...one.commands.flatMap(every)];
  for (const one of every(await createProgram(() => true))) {
    const values = one.options.filter(({ required, optional }) => required || optional);
    const names = [
      ...values.map(placeholderOf),
      ...one.registeredArguments.map((argument) => argument.name()),
    ];
    for (const name of names.filter((each) => each !== 'command'))
      t.ok(name in placeholders, `${one.name()}: ${name}`);
  }
});
