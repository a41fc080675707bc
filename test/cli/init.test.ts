import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { kexecLab } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

t.test('it writes a scenario that can be run, and its machine', async (t) => {
  const directory = join(t.testdir(), 'new', 'tests');
  const { exitCode, stdout } = await kexecLab(['init', directory]);
  t.equal(exitCode, 0);
  t.match(
    stdout,
    new RegExp(`.* ${directory}/my-boot\\.yaml\n.* ${directory}/machines/my-machine\\.yaml\n`),
  );
  t.match(stdout, `kexec-lab run ${directory}/my-boot.yaml --tail`);
  const plan = await kexecLab(['run', join(directory, 'my-boot.yaml'), '--dry-run']);
  t.equal(plan.exitCode, 0, plan.stderr);
  t.match(plan.stdout, /# aarch64\/my-boot\n/);
  t.match(plan.stdout, '-cpu cortex-a53');
  const listed = await kexecLab(['list', '--scenarios', directory, 'my-boot']);
  t.equal(listed.exitCode, 0, 'the machine is not taken for a scenario');
});

t.test('it overwrites nothing, and says what is in the way', async (t) => {
  const directory = t.testdir({ machines: {} });
  const machine = join(directory, 'machines/my-machine.yaml');
  writeFileSync(machine, 'mine');
  const refused = await kexecLab(['init', directory]);
  t.equal(refused.exitCode, 2);
  t.match(refused.stderr, `${machine}: `);
  t.equal(readFileSync(machine, 'utf8'), 'mine');
  t.throws(() => readFileSync(join(directory, 'my-boot.yaml')), 'nothing else was written');
  const linked = t.testdir({});
  symlinkSync('/nowhere', join(linked, 'my-boot.yaml'));
  t.equal((await kexecLab(['init', linked])).exitCode, 2, 'a link that leads nowhere');
  const inTheWay = t.testdir({ machines: 'a file' });
  t.match(await kexecLab(['init', inTheWay]), { exitCode: 2, stderr: /machines/ });
});

t.test('a second kernel of a scenario is looked at before anything starts', async (t) => {
  const directory = t.testdir();
  await kexecLab(['init', directory]);
  const file = join(directory, 'my-boot.yaml');
  const with_ = (key: string) => {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}# second-kernel:.*/m, key));
    return kexecLab(['run', file, '--dry-run']);
  };
  const missing = await with_('  second-kernel: ./no.deb');
  t.equal(missing.exitCode, 2);
  t.match(missing.stderr, /my-boot\.yaml:25:18: boot\.second-kernel: .*no\.deb/);
});
