import t from 'tap';
import type { Command } from 'commander';
import { snapshots } from './transcript.ts';
import { createProgram, fullName } from '../../../src/cli/program.ts';

/** What `--help` of each command prints, in 80 columns. */
t.test('help', async (t) => {
  const every = (one: Command): Command[] => [one, ...one.commands.flatMap(every)];
  for (const command of every(await createProgram(() => true))) {
    if (command.name() === 'help') continue;
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
    command.outputHelp();
    t.matchSnapshot(text, fullName(command));
  }
});

t.test('topics', async (t) => {
  const say = snapshots(t, { directory: t.testdir() });
  await say('help outcomes');
  await say('help outcome');
});
