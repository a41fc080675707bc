import t from 'tap';
import { ownCatalogue } from '../../src/cli/find-scenarios.ts';
import { overlaysOf } from '../../src/image/recipes/plan.ts';
import { inputsOf, ownRecipes } from '../../src/image/recipes/recipe.ts';
import type { CapturedFile, ServerManifest } from '../../src/model/server.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { writeBootFiles } from '../../src/server/boot-files.ts';
import { planBoot } from '../../src/server/boot-plan.ts';
import { openCaptured } from '../../src/server/captured.ts';
import type { BlockDevice } from '../../src/server/parse.ts';
import type { Server, ServerKernel } from '../../src/server/server.ts';

const file = (path: string): CapturedFile => {
  return { kind: 'file', path, program: false, size: 2 ** 20, sha256: '0'.repeat(64) };
};
const kernel = (release: string): ServerKernel => {
  const [image, initrd] = [`/boot/vmlinuz-${release}`, `/boot/initrd.img-${release}`].map(file);
  return { release, kernel: image ?? file(''), initrd: initrd ?? null };
};
const device = (name: string, some: Partial<BlockDevice> = {}): BlockDevice => {
  const unknown = { label: '', uuid: '', partUuid: '', partLabel: '', partType: '', mount: '' };
  return {
    name,
    path: `/dev/${name}`,
    parent: 'vda',
    type: 'part',
    size: 2 ** 30,
    filesystem: 'ext4',
    ...unknown,
    ...some,
  };
};
const [older, newer] = [kernel('6.1.0-49-cloud-arm64'), kernel('6.1.0-50-cloud-arm64')];
const root = device('vda1', { mount: '/', uuid: '7f5a8d2e-1c1b-4a8e-9a53-3a2d5c0e9b11' });

function server(some: Partial<Server> = {}): Server {
  const kernels = [older, newer];
  return {
    arch: 'aarch64',
    distribution: { id: 'debian', codename: 'bookworm', name: 'Debian GNU/Linux 12 (bookworm)' },
    running: { release: newer.release, cmdline: 'console=ttyAMA0 root=/dev/vda1 ro quiet' },
    ...{ kernels, defaultKernel: newer },
    disk: {
      device: device('vda', { type: 'disk' }),
      bus: 'virtio-pci',
      partitions: [root],
      volumes: [],
    },
    root,
    rootSubvolume: '',
    fstab: [],
    rootWord: '/dev/vda1',
    kexec: { by: 'none', files: [], words: [], isSecond: false },
    machine: {
      ...{ cpus: 1, memoryMiB: 1024, gic: 2, hasIts: false, startsAtEl2: false, pageSize: 4096 },
      ...{ firmware: 'none', hasAcpi: false, isVirt: true },
    },
    packages: new Map(),
    captured: {
      files: () => [],
      text: () => null,
      file: () => null,
    } as unknown as Server['captured'],
    ...some,
  };
}

const unit = {
  by: 'unit' as const,
  files: ['/etc/systemd/system/kexec.service', '/boot.sh'],
  words: ['is_in_kexec=yes'],
  isSecond: true,
};
const detailOf = (plan: ReturnType<typeof planBoot>, what: string) =>
  plan.likeness.find((line) => line.what === what);

t.test(
  'a server that was started by kexec boots a provider kernel first, and its own unit kexecs',
  (t) => {
    const cmdline = 'console=ttyAMA0 root=/dev/vda quiet is_in_kexec=yes root=/dev/vda1';
    const plan = planBoot(
      server({ kexec: unit, running: { release: newer.release, cmdline } }),
      'x.tar',
    );
    t.equal(plan.firstKernel, null);
    t.equal(plan.cmdline, 'root=/dev/vda quiet', 'the words before those that the script added');
    t.same(plan.steps, []);
    t.same(plan.expect, { outcome: 'booted', generation: 2, root: '/dev/vda1' });
    t.match(detailOf(plan, 'first kernel'), { how: 'alike' });
    t.match(detailOf(plan, 'kexec-tools'), { how: 'alike', detail: /has none/ });
    t.end();
  },
);

t.test('a server that does not kexec boots its default kernel once', (t) => {
  const plan = planBoot(server(), 'x.tar');
  t.equal(plan.firstKernel, newer);
  t.equal(plan.cmdline, 'root=/dev/vda1 ro quiet');
  t.match(plan.expect, { generation: 1 });
  t.match(detailOf(plan, 'boot loader'), { how: 'alike' });
  const running = { release: older.release, cmdline: 'root=/dev/vda1' };
  const outdated = planBoot(server({ running }), 'x.tar');
  t.equal(outdated.firstKernel, newer, 'the next boot starts the default');
  t.match(detailOf(outdated, 'first kernel'), { how: 'alike', detail: /-49-.* runs now/ });
  t.end();
});

t.test(
  'a kernel under test is always booted: from a provider kernel without a kexec of its own, by hand',
  (t) => {
    const running = { release: '4.9.0-scaleway', cmdline: 'root=/dev/nbd0 console=ttyS0' };
    for (const [arch, size] of [
      ['aarch64', false],
      ['arm', true],
    ] as const) {
      const plan = planBoot(server({ arch, running }), 'x.tar');
      t.equal(plan.firstKernel, null);
      t.match(plan.expect, { generation: 2 });
      t.equal(JSON.stringify(plan.steps).includes('--image-size'), size);
      t.equal(plan.cmdline, 'root=/dev/vda1', 'a disk over the network is a local one here');
      t.match(detailOf(plan, 'kexec'), { how: 'alike' });
    }
    t.end();
  },
);

t.test(
  'a server that kexecs at its reboot keeps the kernel that runs, also with a kernel under test',
  (t) => {
    const kexec = {
      by: 'reboot' as const,
      files: ['/etc/default/kexec'],
      words: [],
      isSecond: false,
    };
    const running = { release: older.release, cmdline: 'root=/dev/vda1' };
    const plan = planBoot(server({ kexec, running }), 'x.tar');
    t.equal(plan.firstKernel, older);
    t.equal(plan.firstIsUpdated, false);
    t.match(plan.expect, { generation: 2 });
    t.match(JSON.stringify(plan.steps), /KERNEL_IMAGE.*systemctl kexec/);
    t.match(detailOf(plan, 'kexec'), { how: 'alike', matters: false });

    const second = { release: newer.release, cmdline: 'root=LABEL=rootfs is_in_kexec=yes' };
    const kexeced = planBoot(
      server({ kexec: { ...kexec, isSecond: true }, running: second }),
      'x.tar',
    );
    t.equal(kexeced.firstKernel, null, 'the one before is not known');
    t.strictSame(kexeced.steps, plan.steps, 'its settings are used, nevertheless');
    t.end();
  },
);

t.test('the machine has the shape of the server, within the limits of the lab', (t) => {
  const machine: Server['machine'] = {
    ...{
      cpus: 64,
      memoryMiB: 131_072,
      gic: 3,
      hasIts: true,
      startsAtEl2: true,
      pageSize: 4096,
    },
    ...{ firmware: 'uefi', hasAcpi: true, isVirt: false },
  };
  const disk = {
    device: device('nvme0n1', { type: 'disk' }),
    bus: 'nvme' as const,
    partitions: [root],
    volumes: [],
  };
  const { shape, likeness, expect } = planBoot(server({ machine, disk }), 'x.tar');
  t.match(shape, { cpus: 4, memory: 2048, gic: 3, el2: true, firmware: 'uefi', disks: 'nvme' });
  t.equal(shape.acpi, undefined, "QEMU's default");
  t.equal(expect.root, '/dev/nvme0n1p1');
  t.match(likeness, [{ how: 'alike', what: 'CPUs', detail: '4 instead of 64' }]);
  t.match(
    likeness.find(({ what }) => what === 'devices'),
    { how: 'not here' },
  );
  t.end();
});

t.test('what the lab cannot make is refused, with what it is', (t) => {
  const refusals: [Partial<Server>, RegExp][] = [
    [{ root: { ...root, type: 'crypt', name: 'dm-0' } }, /root is on crypt/],
    [
      { root: { ...root, type: 'lvm', name: 'dm-0', path: '/dev/mapper/a-b' } },
      /not on .* one disk/,
    ],
    [{ root: { ...root, name: 'nbd0p1' } }, /on the network/],
    [{ root: { ...root, type: 'raid1', name: 'md0' } }, /root is on raid1/],
    [{ root: { ...root, filesystem: 'zfs_member' } }, /root file system is zfs_member/],
    [{ distribution: { id: 'fedora', codename: '', name: 'Fedora 43' } }, /it runs Fedora 43/],
    [{ defaultKernel: { ...newer, initrd: null } }, /initrd of .* is not in the capture/],
  ];
  for (const [some, message] of refusals) {
    const attempt = () => planBoot(server(some), 'web1.server.tar');
    t.throws(attempt, { message, place: 'web1.server.tar', exitCode: 2 });
  }
  t.end();
});

t.test('mounts of other disks are named', (t) => {
  const fstab = [
    {
      source: 'UUID=7f5a8d2e-1c1b-4a8e-9a53-3a2d5c0e9b11',
      place: '/',
      filesystem: 'ext4',
      options: '',
    },
    { source: '/dev/vdb1', place: '/srv', filesystem: 'xfs', options: 'nofail' },
  ];
  t.match(detailOf(planBoot(server({ fstab }), 'x.tar'), 'mounts'), {
    how: 'not here',
    detail: '/srv',
  });
  t.end();
});

t.test('what matters for the verdict is marked, and text of the server stays on its line', (t) => {
  const machine = { ...server().machine, firmware: 'secure-boot' as const, memoryMiB: 65_536 };
  const packages = new Map([['kexec-tools', '1:2.0.25\nand\0more']]);
  const plan = planBoot(server({ kexec: unit, machine, packages }), 'x.tar');
  const marks = Object.fromEntries(plan.likeness.map(({ what, matters }) => [what, matters]));
  t.match(marks, {
    ...{ CPUs: false, memory: true, firmware: false, 'Secure Boot': true },
    ...{ 'root file system': false, 'first kernel': true, 'kexec-tools': true },
  });
  t.match(detailOf(plan, 'kexec-tools'), { detail: /has 1:2\.0\.25 and more$/ });
  t.end();
});

t.test(
  'the scenario file has the comparison in a key of its own, which the lab reads',
  async (t) => {
    const manifest: ServerManifest = {
      ...{ schema: 'kexec-lab/server@1', capturedBy: 'kexec-lab 1', capturedOn: '2026-11-28' },
      ...{ asRoot: true, entries: [] },
    };
    const captured = openCaptured({ manifest, contentOf: () => '' });
    const { scenario, plan } = await writeBootFiles(server({ kexec: unit, captured }), {
      ...{ directory: t.testdir({}), name: 'web1', place: 'web1.server.tar' },
    });
    const { server: written, story } = loadScenario(scenario, ownCatalogue);
    t.strictSame(written, { likeness: plan.likeness });
    t.match(story, '2026-11-28');
    t.equal(story.trim().split('\n').length, 1, 'not listed again');
    t.end();
  },
);

t.test('a root file system that is brought along is the one of the disk', async (t) => {
  const tar = {
    file: '/x/root.tar',
    sha256: '1'.repeat(64),
    compression: 'gzip',
    size: 3000,
  } as const;
  const ubuntu = { id: 'ubuntu', codename: 'noble', name: 'Ubuntu 24.04' };
  const manifest: ServerManifest = {
    ...{ schema: 'kexec-lab/server@1', capturedBy: 'kexec-lab 1', capturedOn: '2026-11-28' },
    ...{ asRoot: true, entries: [] },
  };
  const captured = openCaptured({ manifest, contentOf: () => '' });
  const some = server({ kexec: unit, captured, distribution: ubuntu });
  t.throws(() => planBoot(some, 'x.tar'), { message: /it runs Ubuntu/, hint: /--root FILE\.tar/ });
  const directory = t.testdir({});
  const { plan } = await writeBootFiles(some, {
    ...{ directory, name: 'web1', place: 'web1.server.tar', archive: tar },
  });
  for (const what of ['root file system', 'distribution', 'kexec-tools'])
    t.match(detailOf(plan, what), { how: 'as there' }, what);
  t.match(detailOf(plan, 'root file system'), { detail: /the files of root\.tar$/ });
  t.ok((plan.disk.list[0]?.size ?? 0) >= tar.size, 'it has room');
  t.equal(plan.kexecProgram, null, 'the program is in the archive');

  const recipe = ownRecipes.get(`${directory}/disk.yaml`);
  t.match(recipe, { root: { file: tar.file, sha256: tar.sha256, compression: 'gzip' } });
  t.strictSame(recipe && inputsOf(recipe), [], 'nothing of a system of the lab is on the disk');
  t.match(recipe && overlaysOf(recipe), [/debian-proof/, /settings$/, /kernels$/]);
});
