import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import t from 'tap';

const scripts = ['run', 'stages', 'debian-13', 'readme-commands'].map((name) => `.ci/${name}`);

t.test('CI runs the very commands of the README', async (t) => {
  const { stdout } = await execa('.ci/readme-commands');
  const commands = stdout.split('\n');
  t.same(commands, ['npm ci && npx kexec-lab run quick --with-deps', 'npm ci && npm test']);
  const readme = readFileSync('README.md', 'utf8').split('\n');
  for (const command of commands) t.ok(readme.includes(command), command);
  const stages = readFileSync('.ci/stages', 'utf8');
  t.match(stages, /\.ci\/readme-commands/);
  for (const command of commands) t.notOk(stages.includes(command), 'the README has the only copy');
});

t.test('the scripts of CI are sound', async (t) => {
  const { all, exitCode } = await execa('shellcheck', scripts, { all: true, reject: false });
  t.equal(exitCode, 0, all);
});

t.test('what CI calls is there', (t) => {
  const { scripts: known } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const [, name = ''] of readFileSync('.ci/stages', 'utf8').matchAll(/npm run ([a-z:]+)/g))
    t.ok(name in known, name);
  t.end();
});
