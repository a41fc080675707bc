import { join } from 'node:path';
import t from 'tap';
import { loadScenario, loadScenarios } from '../../src/scenario/load.ts';
import { selectScenarios } from '../../src/scenario/select.ts';
import { catalogue, writeFiles } from './files.ts';

const scenario = (shapes: string): string => `title: A title
story: A story.
labels: [varied]
arch: [aarch64]
boot: { shape: { memory: 1024 } }
expect: { outcome: booted }
shapes: ${shapes}
`;

t.test('a scenario for each shape, named by number', (t) => {
  const directory = writeFiles(t, {
    'wide.yaml': scenario(`
  vary:
    - [{ gic: 2 }, { gic: 3 }]
    - [{ disks: virtio-pci }, { disks: nvme }]
  exclude: [{ gic: 2, disks: nvme }]`),
  });
  const scenarios = loadScenarios({ directories: [directory] }, catalogue);
  t.same(
    scenarios.map(({ name, perArch }) => [name, perArch.aarch64?.setup.shape]),
    [
      ['wide-01', { memory: 1024, gic: 2, disks: 'virtio-pci' }],
      ['wide-02', { memory: 1024, gic: 3, disks: 'virtio-pci' }],
      ['wide-03', { memory: 1024, gic: 3, disks: 'nvme' }],
    ],
  );
  t.same(
    scenarios.map(({ perArch }) => perArch.aarch64?.setup.cmdline),
    ['root=/dev/vda', 'root=/dev/vda', 'root=/dev/nvme0n1'],
    'the first kernel gets the name of its disk',
  );
  t.match(scenarios[2]?.title, /gic=3 disks=nvme/);
  t.equal(selectScenarios(scenarios, ['varied']).length, 3);
  t.same(
    selectScenarios(scenarios, ['wide-02']).map(({ name }) => name),
    ['wide-02'],
  );
  t.equal(selectScenarios(scenarios, ['wide-*']).length, 3);
  t.end();
});

t.test('shapes that cannot be are refused at their place', (t) => {
  const refused = (shapes: string): void => {
    const directory = writeFiles(t, { 'odd.yaml': scenario(shapes) });
    const file = join(directory, 'odd.yaml');
    t.throws(() => loadScenario(file, catalogue), {
      name: 'ScenarioError',
      message: new RegExp(`^${file}:7:\\d+: shapes`),
    });
  };
  refused('{ vary: [] }');
  refused('{ vary: [[]] }');
  refused('{ vary: [[{ gik: 3 }]] }');
  refused('{ vary: [[{ its: false }]] }');
  refused('{ vary: [[{ cpus: 2 }]], exclude: [{ cpus: 2 }] }');
  const many = `[${Array.from({ length: 40 }, (_, index) => `{ cpus: ${index + 1} }`).join(', ')}]`;
  refused(`{ vary: [${many}, ${many}, ${many}] }`);
  t.end();
});
