import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  describeIdleSkipping,
  interactiveArguments,
  qemuArguments,
} from '../../src/qemu/arguments.ts';
import type { MachineSpec } from '../../src/qemu/machine-spec.ts';
import type { Shape } from '../../src/qemu/shape.ts';
import { loadMachineProfile } from '../../src/qemu/machine-profile.ts';

function spec(arch: 'aarch64' | 'arm'): MachineSpec {
  return {
    profile: loadMachineProfile(arch),
    time: 'sleep=off',
    kernel: '/images/vmlinuz',
    initramfs: '/images/initramfs',
    cmdline: 'console=ttyAMA0 root=/dev/vda',
    disks: [
      { id: 'root', file: '/images/disk', readonly: false, serial: 'kexec-lab-root' },
      { id: 'tags', file: '/run/tags', readonly: true, serial: 'kexec-lab-tags' },
    ],
    onReset: 'exit',
    firmware: null,
    network: null,
    recording: null,
  };
}

const rest = [
  '-accel tcg,tb-size=64 -icount shift=3,sleep=off -rtc clock=vm',
  '-kernel /images/vmlinuz -initrd /images/initramfs -append console=ttyAMA0 root=/dev/vda',
  '-drive if=none,id=root,file=/images/disk,format=raw,snapshot=on',
  '-device virtio-blk-pci,drive=root,addr=1,serial=kexec-lab-root',
  '-drive if=none,id=tags,file=/run/tags,format=raw,readonly=on',
  '-device virtio-blk-pci,drive=tags,addr=2,serial=kexec-lab-tags',
  '-no-reboot',
  '-chardev stdio,id=console,signal=off -serial chardev:console',
  '-chardev socket,id=qmp,fd=3 -mon chardev=qmp,mode=control',
  '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  '-S',
];

t.test('aarch64', (t) => {
  t.equal(
    qemuArguments(spec('aarch64')).join(' '),
    [
      '-nodefaults -no-user-config -display none -nic none',
      '-machine virt -cpu cortex-a53 -smp 1 -m 512',
      ...rest,
    ].join(' '),
  );
  t.end();
});

t.test('how time runs', (t) => {
  const clock = (changes: Partial<MachineSpec>): string => {
    const words = qemuArguments({ ...spec('arm'), ...changes }).join(' ');
    return /-accel tcg,tb-size=64 (.*?) ?-kernel/.exec(words)?.[1] ?? '';
  };
  t.equal(clock({ time: 'sleep=on' }), '-icount shift=3,sleep=on -rtc clock=vm');
  t.equal(clock({ time: 'host' }), '-rtc clock=vm');
  t.match(
    clock({
      time: 'sleep=off',
      recording: { mode: 'record', file: '/r', startedAt: '2026-11-26T08:15:00' },
    }),
    /^-icount shift=3,rr=record,rrfile=\/r -rtc base=.*,clock=vm$/,
  );
  t.end();
});

t.test('what is known of skipping idle time, in words', (t) => {
  const times = ['sleep=off', 'sleep=on', 'host'] as const;
  const described = (['proved', 'assumed'] as const).flatMap((certainty) =>
    times.map((time) => describeIdleSkipping({ time, certainty, detail: 'DETAIL' })),
  );
  t.matchSnapshot(described.join('\n'), 'proved, then assumed');
  t.end();
});

t.test('arm', (t) => {
  t.equal(
    qemuArguments(spec('arm')).join(' '),
    [
      '-nodefaults -no-user-config -display none -nic none',
      '-machine virt,highmem=off -cpu cortex-a15 -smp 1 -m 1024',
      ...rest,
    ].join(' '),
  );
  t.end();
});

t.test("the host's clock is the monotonic one, which cannot be set", (t) => {
  const argv = qemuArguments({ ...spec('arm'), time: 'host' });
  t.notOk(argv.includes('-icount'));
  t.equal(argv[argv.indexOf('-rtc') + 1], 'clock=vm');
  t.end();
});

t.test('a machine that is recorded, and the same one played', (t) => {
  const recording = { file: '/run/a,b.rr', startedAt: '2026-11-26T08:15:00' };
  const of = (mode: 'record' | 'replay'): string[] =>
    qemuArguments({ ...spec('aarch64'), recording: { mode, ...recording } });
  const argv = of('record').join(' ');
  t.match(
    argv,
    '-icount shift=3,rr=record,rrfile=/run/a,,b.rr -rtc base=2026-11-26T08:15:00,clock=vm',
  );
  t.match(
    argv,
    '-drive if=none,id=root-file,file=/images/disk,format=raw,snapshot=on -drive driver=blkreplay,if=none,id=root,image=root-file -device virtio-blk-pci,drive=root,',
  );
  t.match(argv, '-drive driver=blkreplay,if=none,id=tags,image=tags-file,readonly=on -device');
  t.equal(of('replay').join(' '), argv.replace('rr=record', 'rr=replay'), 'nothing else');
  t.end();
});

t.test('a guest that may reboot', (t) => {
  t.notOk(qemuArguments({ ...spec('arm'), onReset: 'reboot' }).includes('-no-reboot'));
  t.end();
});

t.test('for a human: console on the terminal, running, nothing inherited', (t) => {
  const argv = interactiveArguments(spec('aarch64'));
  t.same(argv.slice(-2), ['-serial', 'mon:stdio']);
  t.notOk(argv.includes('-S') || argv.join(' ').includes('fd='));
  t.end();
});

t.test('a network is closed except for its forwards', (t) => {
  const forwards = [
    { address: '169.254.42.42', port: 80, socket: '/tmp/x/metadata' },
    { address: '169.254.42.66', port: 4448, socket: '/tmp/x/nbd' },
  ];
  const argv = qemuArguments({ ...spec('arm'), network: { forwards, ssh: true } });
  t.notOk(argv.includes('-nic'));
  t.equal(
    argv[argv.indexOf('-netdev') + 1],
    [
      'user,id=net,restrict=on,net=169.254.42.0/24,host=169.254.42.1,dhcpstart=169.254.42.15',
      'guestfwd=tcp:169.254.42.42:80-cmd:socat -lf /dev/null -t 10 - UNIX-CONNECT:/tmp/x/metadata',
      'guestfwd=tcp:169.254.42.66:4448-cmd:socat -lf /dev/null -t 10 - UNIX-CONNECT:/tmp/x/nbd',
      'hostfwd=tcp:127.0.0.1:0-:22',
    ].join(','),
  );
  t.ok(argv.includes('virtio-net-pci,netdev=net,addr=1e,romfile='));
  t.match(
    argv[argv.indexOf('-sandbox') + 1],
    'elevateprivileges=allow,spawn=allow',
    'QEMU has to run socat',
  );
  t.end();
});

t.test('a network with nothing on it starts no programs', (t) => {
  const argv = qemuArguments({ ...spec('arm'), network: { forwards: [], ssh: false } });
  t.match(argv[argv.indexOf('-sandbox') + 1], 'spawn=deny');
  t.notMatch(argv[argv.indexOf('-netdev') + 1], 'fwd');
  t.end();
});

/** Reads `key=value,key=value` as QEMU does: `,,` is a comma in a value. */
function parseOptions(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .replaceAll(',,', '\0')
      .split(',')
      .map((pair) => {
        const [key = '', ...value] = pair.split('=');
        return [key, value.join('=').replaceAll('\0', ',')];
      }),
  );
}

t.test('no file name adds an option', (t) => {
  const machine = spec('aarch64');
  const name = fc.string({ unit: fc.constantFrom(',', '=', ' ', "'", '"', '\\', 'a', 'ü', ':') });
  const holds = fc.property(name, name, (file, serial) => {
    const disks = [{ id: 'root', file: `/${file}`, readonly: true, serial }];
    const argv = qemuArguments({ ...machine, disks });
    assert.deepEqual(parseOptions(argv[argv.indexOf('-drive') + 1] ?? ''), {
      if: 'none',
      id: 'root',
      file: `/${file}`,
      format: 'raw',
      readonly: 'on',
    });
    assert.equal(parseOptions(argv[argv.indexOf('-device') + 1] ?? '')['serial'], serial);
  });
  t.doesNotThrow(() => {
    fc.assert(holds);
  });
  t.end();
});

t.test('firmware stands in flash, and what it writes is forgotten', (t) => {
  const firmware = { code: '/share/code,1.fd', variables: '/share/vars.fd' };
  const argv = qemuArguments({ ...spec('arm'), firmware }).join(' ');
  t.match(argv, '-drive if=pflash,unit=0,file=/share/code,,1.fd,format=raw,readonly=on');
  t.match(argv, '-drive if=pflash,unit=1,file=/share/vars.fd,format=raw,snapshot=on');
  t.match(argv, '-kernel /images/vmlinuz', 'which EDK2 then starts');
  const alone = { ...spec('arm'), firmware, kernel: null, initramfs: null };
  t.notMatch(qemuArguments(alone).join(' '), /-kernel|-initrd|-append/);
  t.end();
});

t.test('the shape of a machine', (t) => {
  const words = (shape: Shape, disks: MachineSpec['disks'] = []): string => {
    const profile = loadMachineProfile('aarch64', shape);
    return qemuArguments({ ...spec('aarch64'), profile, disks }).join(' ');
  };
  t.match(words({ gic: 3, its: false }), '-machine virt,gic-version=3,its=off -cpu');
  t.match(
    words({ gic: 3, el2: true, smmu: true }),
    'virt,gic-version=3,virtualization=on,iommu=smmuv3 ',
  );
  t.match(words({ firmware: 'uefi', acpi: false }), '-machine virt,acpi=off ');
  t.match(words({ cpu: 'neoverse-n1', cpus: 4, memory: 2048 }), '-cpu neoverse-n1 -smp 4 -m 2048 ');
  t.match(
    words({ numa: 2, cpus: 4, memory: 768 }),
    [
      '-object memory-backend-ram,id=node0,size=384M -numa node,nodeid=0,memdev=node0,cpus=0-1',
      '-object memory-backend-ram,id=node1,size=384M -numa node,nodeid=1,memdev=node1,cpus=2-3 -accel',
    ].join(' '),
  );
  t.match(
    words({ dimm: 1024, firmware: 'uefi' }),
    '-m 512,slots=1,maxmem=2560M -object memory-backend-ram,id=dimm,size=1024M -device pc-dimm,memdev=dimm ',
  );
  const disk = { id: 'root', file: '/images/disk', readonly: false, serial: 'r' };
  t.match(words({}, [{ ...disk, bus: 'nvme' }]), '-device nvme,drive=root,addr=1,serial=r ');
  t.match(
    words({}, [{ ...disk, bus: 'virtio-mmio' }]),
    '-device virtio-blk-device,drive=root,serial=r ',
  );
  t.match(
    words({}, [{ ...disk, bus: 'usb' }]),
    '-device qemu-xhci,addr=1 -device usb-storage,drive=root,serial=r ',
  );
  t.end();
});

t.test('a disk for the guest’s output keeps what is written to it', (t) => {
  const disk = { id: 'output', file: '/run/output.img', readonly: false, serial: 'output' };
  const words = (kept: boolean) =>
    qemuArguments({ ...spec('aarch64'), disks: [{ ...disk, kept }] }).join(' ');
  t.match(words(true), 'file=/run/output.img,format=raw,snapshot=off');
  t.match(words(false), 'file=/run/output.img,format=raw,snapshot=on');
  t.end();
});
