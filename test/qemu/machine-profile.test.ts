import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { arches } from '../../src/arch.ts';
import {
  loadMachineProfile,
  machineProfileSchema,
  ownMachines,
} from '../../src/qemu/machine-profile.ts';
import { rootDisk } from '../../src/qemu/shape.ts';
import type { Shape } from '../../src/qemu/shape.ts';
import { YamlDirectory } from '../../src/yaml/yaml-directory.ts';

const small = `arch: arm
machine: virt
cpu: cortex-a15
cpus: 1
memory: 128
console: ttyAMA0
clock: guest
cmdline: console=ttyAMA0
`;

t.test('every architecture has a machine of its name', (t) => {
  for (const arch of arches) {
    t.ok(ownMachines.has(arch));
    const profile = loadMachineProfile(arch);
    t.match(profile, { name: arch, arch });
    t.match(
      profile.cmdline,
      `console=${profile.console}`,
      'the kernel uses the console that the lab reads',
    );
  }
  t.end();
});

t.test('every machine is what a profile can say', (t) => {
  for (const [name, profile] of ownMachines) t.ok(profile.memory > 0, name);
  t.end();
});

t.test('an unknown name is answered with the known ones', (t) => {
  t.throws(() => loadMachineProfile('riscv'), {
    name: 'ScenarioError',
    message: /"riscv"/,
    hint: /\baarch64, .*\barm, scaleway/,
  });
  t.throws(() => loadMachineProfile('../package'), {
    name: 'ScenarioError',
    message: /"\.\.\/package"/,
    hint: /\bscaleway/,
  });
  t.end();
});

t.test("an absolute path names the user's own profile", (t) => {
  const own = join(t.testdir({ 'mine.yaml': small }), 'mine.yaml');
  t.match(loadMachineProfile(own), { name: own, arch: 'arm', memory: 128, network: false });
  t.end();
});

t.test('a profile that says something wrong is refused with its place', (t) => {
  const directory = t.testdir();
  const place = join(directory, 'odd.yaml');
  const refused = (yaml: string, ...problems: string[]): void => {
    writeFileSync(place, yaml);
    t.throws(
      () => loadMachineProfile('odd', {}, new YamlDirectory(directory, machineProfileSchema)),
      {
        name: 'ScenarioError',
        message: new RegExp(`^${problems.map((problem) => `${place}:${problem}`).join('\n')}$`),
      },
    );
  };
  refused(
    'arch: sparc\nmachine: virt\ncpu: a\ncpus: 65\nmemory: 64\nconsole: ttyS0\nclock: guest\ncmdline: ""\n',
    '1:7: arch: "sparc" .* aarch64, arm',
    '4:7: cpus: .*64',
  );
  refused('arch: [\n', '2:1: .*');
  t.end();
});

t.test('a shape that contradicts itself or the profile is refused with its key', (t) => {
  const refused = (name: string, shape: Shape, key: string): void => {
    t.throws(() => loadMachineProfile(name, shape), {
      name: 'ScenarioError',
      message: new RegExp(`"${name}".*: ${key}: `),
    });
  };
  refused('aarch64', { its: false }, 'its');
  refused('aarch64', { acpi: true }, 'acpi');
  refused('aarch64', { gic: 3, its: false, firmware: 'uefi' }, 'its');
  refused('arm', { el2: true }, 'el2');
  refused('arm', { smmu: true }, 'smmu');
  refused('aarch64', { numa: 2 }, 'numa');
  refused('aarch64', { numa: 3, cpus: 3 }, 'numa');
  refused('aarch64', { cpus: 16 }, 'cpus');
  refused('aarch64', { dimm: 1024 }, 'dimm');
  refused('aarch64', { dimm: 1000, firmware: 'uefi' }, 'dimm');
  refused('aarch64', { dimm: 1024, firmware: 'uefi', acpi: false }, 'dimm');
  refused('arm', { dimm: 1024, firmware: 'uefi' }, 'dimm');
  const own = join(
    t.testdir({ 'mine.yaml': small.replace('virt', 'virt,gic-version=2') }),
    'mine.yaml',
  );
  refused(own, { gic: 3 }, 'gic');
  const shaped = loadMachineProfile('aarch64', { gic: 3, cpus: 16, clock: 'host' });
  t.match(shaped, { name: 'aarch64 gic=3 cpus=16 clock=host', gic: 3, cpus: 16, memory: 512 });
  t.end();
});

t.test('the root disk has the name that Linux gives it', (t) => {
  t.equal(rootDisk(loadMachineProfile('aarch64')), '/dev/vda');
  t.equal(rootDisk(loadMachineProfile('aarch64', { disks: 'nvme' })), '/dev/nvme0n1');
  t.equal(rootDisk(loadMachineProfile('aarch64', { disks: 'usb' })), '/dev/sda');
  t.end();
});
