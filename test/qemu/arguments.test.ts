import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { interactiveArguments, qemuArguments } from '../../src/qemu/arguments.ts';
import { loadMachineProfile } from '../../src/qemu/machine-profile.ts';
import type { MachineSpec } from '../../src/qemu/machine-spec.ts';

async function spec(arch: 'aarch64' | 'arm'): Promise<MachineSpec> {
  return {
    profile: await loadMachineProfile(arch),
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
  '-accel tcg -icount shift=3,sleep=off -rtc clock=vm',
  '-kernel /images/vmlinuz -initrd /images/initramfs -append console=ttyAMA0 root=/dev/vda',
  '-drive if=none,id=root,file=/images/disk,format=raw,snapshot=on',
  '-device virtio-blk-pci,drive=root,addr=1,serial=kexec-lab-root',
  '-drive if=none,id=tags,file=/run/tags,format=raw,readonly=on',
  '-device virtio-blk-pci,drive=tags,addr=2,serial=kexec-lab-tags',
  '-no-reboot',
  '-chardev socket,id=console,fd=3 -serial chardev:console',
  '-chardev socket,id=qmp,fd=4 -mon chardev=qmp,mode=control',
  '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  '-S',
];

t.test('aarch64', async (t) => {
  t.equal(
    qemuArguments(await spec('aarch64')).join(' '),
    [
      '-nodefaults -no-user-config -display none -nic none',
      '-machine virt -cpu cortex-a53 -smp 1 -m 512',
      ...rest,
    ].join(' '),
  );
});

t.test('arm', async (t) => {
  t.equal(
    qemuArguments(await spec('arm')).join(' '),
    [
      '-nodefaults -no-user-config -display none -nic none',
      '-machine virt,highmem=off -cpu cortex-a15 -smp 1 -m 1024',
      ...rest,
    ].join(' '),
  );
});

t.test('the host’s clock leaves QEMU’s own behaviour', async (t) => {
  const { profile, ...machine } = await spec('arm');
  const argv = qemuArguments({ ...machine, profile: { ...profile, clock: 'host' } });
  t.notOk(argv.includes('-icount') || argv.includes('-rtc'));
});

t.test('a machine that is recorded, and the same one played', async (t) => {
  const recording = { file: '/run/a,b.rr', startedAt: '2026-11-26T08:15:00' };
  const of = async (mode: 'record' | 'replay'): Promise<string[]> =>
    qemuArguments({ ...(await spec('aarch64')), recording: { mode, ...recording } });
  const argv = (await of('record')).join(' ');
  t.match(
    argv,
    '-icount shift=3,rr=record,rrfile=/run/a,,b.rr -rtc base=2026-11-26T08:15:00,clock=vm',
  );
  t.match(
    argv,
    '-drive if=none,id=root-file,file=/images/disk,format=raw,snapshot=on -drive driver=blkreplay,if=none,id=root,image=root-file -device virtio-blk-pci,drive=root,',
  );
  t.match(argv, '-drive driver=blkreplay,if=none,id=tags,image=tags-file,readonly=on -device');
  t.equal((await of('replay')).join(' '), argv.replace('rr=record', 'rr=replay'), 'nothing else');
});

t.test('a guest that may reboot', async (t) => {
  t.notOk(qemuArguments({ ...(await spec('arm')), onReset: 'reboot' }).includes('-no-reboot'));
});

t.test('for a human: console on the terminal, running, nothing inherited', async (t) => {
  const argv = interactiveArguments(await spec('aarch64'));
  t.same(argv.slice(-2), ['-serial', 'mon:stdio']);
  t.notOk(argv.includes('-S') || argv.join(' ').includes('fd='));
});

t.test('a network: closed, but for what is forwarded', async (t) => {
  const forwards = [
    { address: '169.254.42.42', port: 80, socket: '/tmp/x/metadata' },
    { address: '169.254.42.66', port: 4448, socket: '/tmp/x/nbd' },
  ];
  const argv = qemuArguments({ ...(await spec('arm')), network: { forwards, ssh: true } });
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
});

t.test('a network with nothing on it starts no programs', async (t) => {
  const argv = qemuArguments({ ...(await spec('arm')), network: { forwards: [], ssh: false } });
  t.match(argv[argv.indexOf('-sandbox') + 1], 'spawn=deny');
  t.notMatch(argv[argv.indexOf('-netdev') + 1], 'fwd');
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

t.test('no file name adds an option', async (t) => {
  const machine = await spec('aarch64');
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
});

t.test('firmware stands in flash, and what it writes is forgotten', async (t) => {
  const firmware = { code: '/share/code,1.fd', variables: '/share/vars.fd' };
  const argv = qemuArguments({ ...(await spec('arm')), firmware }).join(' ');
  t.match(argv, '-drive if=pflash,unit=0,file=/share/code,,1.fd,format=raw,readonly=on');
  t.match(argv, '-drive if=pflash,unit=1,file=/share/vars.fd,format=raw,snapshot=on');
  t.match(argv, '-kernel /images/vmlinuz', 'which EDK2 then starts');
  const alone = { ...(await spec('arm')), firmware, kernel: null, initramfs: null };
  t.notMatch(qemuArguments(alone).join(' '), /-kernel|-initrd|-append/);
});
