import { selectScenarios } from '../../src/scenario/select.ts';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { diskBuses } from '../../src/qemu/shape.ts';
import { ownCatalogue } from '../../src/cli/find-scenarios.ts';
import { loadScenario, loadScenarios, ownScenarios } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { NamedShape } from '../../src/scenario/variants.ts';
import { inShape, namedShapes, onMachine, shapesIn } from '../../src/scenario/variants.ts';
import { catalogue, least, machine, writeFiles } from './files.ts';

const shape = (changes: NamedShape['shape']): NamedShape => ({
  name: 'odd',
  label: 'an odd one',
  shape: changes,
});

function moved(result: ReturnType<typeof inShape>): Scenario {
  if ('why' in result) throw new Error(result.why);
  return result.scenario;
}

function load(t: Test, text: string): Scenario {
  return loadScenario(join(writeFiles(t, { 'mine.yaml': text }), 'mine.yaml'), catalogue);
}

const tagged = `${least}boot:
  tags: { KEXEC_KERNEL: /vmlinuz, KEXEC_APPEND: root=/dev/vda1 resume=/dev/vda }
`;

t.test('a scenario in a named shape is another case, on aarch64 alone', (t) => {
  const scenario = load(t, least);
  for (const named of namedShapes) {
    const { name, arches, perArch, variant, title } = moved(inShape(scenario, named, catalogue));
    t.equal(name, `mine-${named.name}`);
    t.same(arches, ['aarch64']);
    t.same(Object.keys(perArch), ['aarch64']);
    t.same(perArch.aarch64?.setup.shape, named.shape);
    t.match(title, named.label);
    t.same(variant, { of: 'mine', label: named.label, options: ['--shape', named.name] });
  }
  t.same(scenario.arches, ['aarch64', 'arm'], 'the scenario itself is as it was');
  t.end();
});

t.test('scenarios that no other shape can boot, and why', (t) => {
  const why = (text: string, changes: NamedShape['shape'] = { gic: 3 }) => {
    const result = inShape(load(t, text), shape(changes), catalogue);
    return 'why' in result ? result.why : null;
  };
  t.equal(why(least), null);
  t.match(why(least.replace('aarch64, ', '')), /aarch64/);
  t.match(why(least.replace('booted', 'bye-hang')), /bye-hang/);
  const own = least.replace(', arm', '');
  t.not(why(`${own}boot: { shape: { cpus: 2 } }\n`), null, 'it is about a shape');
  t.not(why(`${own}boot: { machine: vps-64 }\n`), null, 'it is about a machine');
  t.match(why(least, { its: false }), /\bgic: 3\b/, 'a shape that contradicts itself');
  t.end();
});

t.test('the names of the root disk follow its bus', (t) => {
  const scenario = load(t, tagged.replace('booted }', 'booted, root: /dev/vda1 }'));
  const names = Object.keys(diskBuses).map((disks) => {
    const on = shape({ disks: disks as keyof typeof diskBuses });
    const plan = moved(inShape(scenario, on, catalogue)).perArch.aarch64;
    return [plan?.setup.cmdline, plan?.setup.tags['KEXEC_APPEND'], plan?.expect.root];
  });
  const virtio = ['root=/dev/vda', 'root=/dev/vda1 resume=/dev/vda', '/dev/vda1'];
  t.same(names, [
    virtio,
    virtio,
    ['root=/dev/nvme0n1', 'root=/dev/nvme0n1p1 resume=/dev/nvme0n1', '/dev/nvme0n1p1'],
    ['root=/dev/sda', 'root=/dev/sda1 resume=/dev/sda', '/dev/sda1'],
  ]);
  t.end();
});

/** The catalogue with a profile of the user's, whose file exists. */
function withServer(t: Test) {
  const file = join(writeFiles(t, { 'server.yaml': '' }), 'server.yaml');
  const machines = new Map(
    [...catalogue.machines.keys()].map((name) => [name, catalogue.machines.get(name)] as const),
  );
  machines.set(file, machine({ arch: 'aarch64', gic: 3, disks: 'nvme' }));
  const get = (name: string) => machines.get(name);
  return { file, all: { ...catalogue, machines: { get, keys: () => machines.keys() } } };
}

t.test('a scenario on another machine keeps its name, and loses its own shape', (t) => {
  const scenario = load(t, tagged.replace('boot:', 'boot:\n  shape: { cpus: 2 }'));
  const { file, all } = withServer(t);
  const found = moved(onMachine(scenario, file, all));
  t.equal(found.name, 'mine');
  t.same(found.arches, ['aarch64']);
  t.match(found.perArch.aarch64?.setup, {
    machine: file,
    cmdline: 'root=/dev/nvme0n1',
    tags: { KEXEC_APPEND: 'root=/dev/nvme0n1p1 resume=/dev/nvme0n1' },
  });
  t.notOk('shape' in (found.perArch.aarch64?.setup ?? {}));
  t.match(found.variant, { of: 'mine', label: 'server.yaml' });
  const both = moved(inShape(found, shape({ gic: 2 }), all));
  t.match(both.variant, {
    of: 'mine',
    label: 'server.yaml, an odd one',
    options: ['--machine', file, '--shape', 'odd'],
  });
  t.same(both.perArch.aarch64?.setup.shape, { gic: 2 });
  t.end();
});

t.test('scenarios that another machine cannot boot, and why', (t) => {
  const why = (text: string, on: string) => {
    const result = onMachine(load(t, text), on, catalogue);
    return 'why' in result ? result.why : null;
  };
  t.equal(why(least, 'vps-64'), null);
  t.match(why(least.replace(', arm', ''), 'scaleway-c1'), /\barm\b/);
  t.match(why(tagged, 'vps-64'), /tags/, 'they come over the network there');
  const nbd = `${least.replace(', arm', '')}boot: { machine: vps-64, storage: nbd }\n`;
  t.match(why(nbd, 'aarch64'), /network/);
  const uefi = `${least.replace('aarch64, ', '')}boot: { machine: uefi-arm, kernel: null }\n`;
  t.match(why(uefi, 'arm'), /firmware/);
  t.end();
});

t.test('every generated shape boots the built-in scenario that expects a boot', (t) => {
  const files = { directories: [ownScenarios], wanted: ['shapes'] };
  const group = selectScenarios(loadScenarios(files, ownCatalogue), ['shapes']);
  t.ok(new Set(group.map(({ file }) => file)).size > 1, 'also those of other files with the label');
  const generated = shapesIn(group);
  t.ok(generated.length > 10);
  const scenario = loadScenario(join(ownScenarios, 'kexec-to-distro.yaml'), ownCatalogue);
  const names = [...namedShapes, ...generated].map((each) => {
    return moved(inShape(scenario, each, ownCatalogue)).name;
  });
  t.equal(new Set(names).size, names.length);
  t.end();
});

t.test("another machine than a captured server's own is a difference that matters", (t) => {
  const likeness = [{ how: 'as there' as const, what: 'CPUs', detail: '1', matters: false }];
  const scenario = { ...load(t, least), server: { likeness } };
  const { server } = moved(onMachine(scenario, 'vps-64', catalogue));
  t.match(server?.likeness, [
    { how: 'alike', what: 'machine', detail: /vps-64/, matters: true },
    ...likeness,
  ]);
  t.notOk('server' in moved(onMachine(load(t, least), 'vps-64', catalogue)));
  t.end();
});
