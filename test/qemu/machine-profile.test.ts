import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadMachineProfile, machineProfileNames } from '../../src/qemu/machine-profile.ts';
import { arches } from '../../src/scenario/scenario.ts';
import { temporaryDirectory } from './machine-fixtures.ts';

t.test('every architecture has a machine of its name', async (t) => {
  const names = await machineProfileNames();
  for (const arch of arches) {
    t.ok(names.includes(arch));
    const profile = await loadMachineProfile(arch);
    t.match(profile, { name: arch, arch });
    t.match(profile.cmdline, `console=${profile.console}`, 'the kernel talks where we listen');
  }
});

t.test('an unknown name is answered with the known ones', async (t) => {
  await t.rejects(loadMachineProfile('riscv'), {
    name: 'ScenarioError',
    message: 'there is no machine "riscv"',
    hint: /^Known machines: aarch64, arm/,
  });
  await t.rejects(loadMachineProfile('../package'), { message: /there is no machine/ });
});

t.test('a profile that says something wrong is refused with its file', async (t) => {
  const directory = temporaryDirectory(t);
  const place = join(directory, 'odd.yaml');
  const refused = async (yaml: string, message: RegExp): Promise<void> => {
    writeFileSync(place, yaml);
    await t.rejects(loadMachineProfile('odd', directory), {
      name: 'ScenarioError',
      place,
      message,
    });
  };
  await refused('arch: aarch64\nmachine: virt\n', /cpu/);
  await refused('arch: sparc\n', /"aarch64"\|"arm"/);
  await refused('colour: red\n', /Unrecognized key: "colour"/);
  await refused('arch: [', /line 1|flow/i);
  mkdirSync(join(directory, 'not-a-profile'));
  t.same(await machineProfileNames(directory), ['odd']);
});
