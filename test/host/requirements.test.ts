import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Arch } from '../../src/arch.ts';
import { architectures, arches } from '../../src/arch.ts';
import { readVersion } from '../../src/cli/doctor.ts';
import {
  ensureRequirements,
  findRequirement,
  missingRequirements,
} from '../../src/host/install.ts';
import type { HostFacts, Need, Requirement } from '../../src/host/requirements.ts';
import {
  bundledFirmware,
  findFirmware,
  everyNeed,
  installLine,
  requirementsFor,
} from '../../src/host/requirements.ts';
import { hostWith } from './host-with.ts';

function requirement(name: string, packageName: string): Requirement {
  return { name, package: packageName, purpose: 'images', why: 'a test', versionArguments: [] };
}

const tool = requirement('lab-test-tool', 'lab-test-package');
const twin = requirement('lab-test-twin', 'lab-test-package');

t.test('this host has everything', async (t) => {
  t.same(await missingRequirements(requirementsFor(everyNeed)), []);
});

t.test('every command says its version', async (t) => {
  for (const wanted of requirementsFor(everyNeed).filter(
    ({ versionArguments: [first] }) => first !== undefined,
  )) {
    const path = await findRequirement(wanted);
    t.match(await readVersion(path ?? '', wanted.versionArguments), /^\d+(\.\d+)*$/, wanted.name);
  }
});

t.test('tools of the administrator are found without them in PATH', async (t) => {
  hostWith(t, {});
  t.equal(await findRequirement({ name: 'mke2fs' }), '/usr/sbin/mke2fs');
  t.equal(await findRequirement({ name: 'cpio' }), null, 'but nothing else is');
});

/** Names of what machines need that need this. */
function asked(
  needs: Partial<Record<Arch, Need[]>>,
  {
    qemuDirectory,
    onDebian = true,
    isRoot = true,
  }: Partial<HostFacts> & { qemuDirectory?: string } = {},
): string[] {
  const entries = Object.entries(needs).map(
    ([arch, some]) => [arch as Arch, new Set(some)] as const,
  );
  return requirementsFor(new Map(entries), qemuDirectory, { onDebian, isRoot }).map(
    ({ name }) => name,
  );
}

t.test('QEMU is asked for where it is used and not chosen by hand', (t) => {
  t.same(asked({ arm: ['boot'] }), ['qemu-system-arm', 'setpriv', 'mkfifo']);
  t.same(asked({ aarch64: ['boot'], arm: ['boot'] }, { qemuDirectory: '/opt/qemu/bin' }), [
    'setpriv',
    'mkfifo',
  ]);
  t.same(
    asked({ arm: ['images'] }).filter((name) => name.startsWith('qemu')),
    [],
  );
  t.end();
});

t.test('UEFI firmware is asked for where a machine has one, and no QEMU brings it', (t) => {
  const firmware = (...args: Parameters<typeof asked>): string[] =>
    asked(...args).flatMap((name) => /AAVMF\d*(?=_)/.exec(name) ?? []);
  t.same(firmware({ aarch64: ['uefi'], arm: ['uefi'] }), ['AAVMF', 'AAVMF32']);
  t.same(firmware({ aarch64: ['boot', 'uefi'], arm: ['boot'] }), ['AAVMF']);
  t.same(firmware({ aarch64: ['boot'], arm: ['boot'] }), []);
  const brings = t.testdir({
    bin: {},
    share: { qemu: { 'edk2-arm-code.fd': '', 'edk2-arm-vars.fd': '' } },
  });
  const qemuDirectory = join(brings, 'bin');
  t.same(firmware({ aarch64: ['uefi'], arm: ['uefi'] }, { qemuDirectory }), ['AAVMF']);
  t.end();
});

t.test('mmdebstrap is asked for where apt knows no Debian mirror', (t) => {
  const mmdebstrap = (onDebian: boolean): boolean =>
    asked({ arm: ['images'] }, { onDebian }).includes('mmdebstrap');
  t.same([mmdebstrap(true), mmdebstrap(false)], [false, true]);
  t.end();
});

t.test('tools of the network are asked for where a machine has one', (t) => {
  t.same(asked({ arm: ['network'] }), ['socat', 'qemu-nbd', 'ssh', 'ssh-keygen']);
  t.end();
});

t.test('what builds images is asked for where one is to be built, and only what it takes', (t) => {
  const systems = ['mmdebstrap', '/usr/lib/binfmt.d/qemu-aarch64.conf', 'newuidmap'];
  t.same(asked({ arm: ['system'] }, { isRoot: false }), systems);
  t.same(asked({ arm: ['system'] }), systems.slice(0, 2), 'root maps no users');
  t.same(asked({ aarch64: ['esp'] }), ['mformat']);
  const others = asked({ aarch64: ['images'] });
  t.ok(others.includes('mke2fs'));
  for (const name of [...systems, 'mformat', 'setpriv']) t.notOk(others.includes(name), name);
  t.end();
});

t.test('the line that installs', (t) => {
  t.equal(
    installLine([tool, twin, requirement('another', 'a-package')], false),
    'sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive ' +
      'apt-get install -y --no-install-recommends a-package lab-test-package',
  );
  t.notMatch(installLine([tool], true), /sudo/);
  t.end();
});

t.test('what is missing is refused with the line that cures it', async (t) => {
  const directory = hostWith(t, { 'lab-test-twin': '' });
  for (const hint of ['--with-deps', installLine([tool])])
    await t.rejects(ensureRequirements([tool, twin], false), {
      name: 'UnavailableError',
      exitCode: 5,
      message: /: lab-test-tool \(.*\blab-test-package\)/,
      hint,
    });
  await t.resolves(ensureRequirements([twin], false), `${directory} has that one`);
});

t.test('installing', async (t) => {
  const sudo = 'exec "$@"';
  await t.test('prints the line, runs it, and looks again', async (t) => {
    const directory = hostWith(t, {
      sudo,
      'apt-get': `echo "$@" >> "$0.log"
        case "$1" in install) touch "\${0%/*}/lab-test-tool"; chmod +x "\${0%/*}/lab-test-tool";; esac`,
    });
    const written = t.capture(process.stderr, 'write', () => true);
    await ensureRequirements([tool], true);
    t.same(
      written().map(({ args }) => args[0]),
      [`${installLine([tool])}\n`],
    );
    t.equal(await findRequirement(tool), join(directory, 'lab-test-tool'));
  });
  await t.test('that fails', async (t) => {
    hostWith(t, { sudo, 'apt-get': 'exit 100' });
    t.capture(process.stderr, 'write', () => true);
    for (const user of [0, 1000]) {
      t.intercept(process, 'getuid', { value: () => user });
      await t.rejects(ensureRequirements([tool], true), {
        name: 'UnavailableError',
        message: /\b100\b.*: lab-test-tool\b/,
        hint: `: ${installLine([tool], true)}`,
      });
    }
  });
  await t.test('that sudo refuses', async (t) => {
    hostWith(t, { sudo: 'echo "user is not in the sudoers file." >&2; exit 1', 'apt-get': '' });
    t.intercept(process, 'getuid', { value: () => 1000 });
    t.capture(process.stderr, 'write', () => true);
    await t.rejects(ensureRequirements([tool], true), {
      message: /\bsudo\b.*: lab-test-tool\b/,
      hint: `: ${installLine([tool], true)}`,
    });
  });
  await t.test('by a user without sudo', async (t) => {
    hostWith(t, { 'apt-get': '' });
    t.intercept(process, 'getuid', { value: () => 1000 });
    await t.rejects(ensureRequirements([tool], true), {
      message: /\bsudo\b.*: lab-test-tool\b/,
      hint: `: ${installLine([tool], true)}`,
    });
  });
  await t.test('on a system without apt', async (t) => {
    hostWith(t, { sudo });
    await t.rejects(ensureRequirements([tool], true), {
      name: 'UnavailableError',
      message: /\bapt\b.*: lab-test-tool\b/,
      hint: /^(?!.*apt-get)/,
    });
  });
});

t.test("the host's firmware", (t) => {
  t.same(findFirmware('aarch64'), {
    code: '/usr/share/AAVMF/AAVMF_CODE.fd',
    variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
  });
  t.match(findFirmware('arm', '/usr/bin').code, /AAVMF32_CODE/);
  t.same(findFirmware('aarch64', '/usr/bin', 'secure-boot'), {
    code: '/usr/share/AAVMF/AAVMF_CODE.fd',
    variables: '/usr/share/AAVMF/AAVMF_VARS.ms.fd',
  });
  t.throws(() => findFirmware('arm', undefined, 'secure-boot'), { name: 'UnavailableError' });
  t.same(
    arches.map((arch) => architectures[arch].firmware.package),
    ['qemu-efi-aarch64', 'qemu-efi-arm'],
  );
  t.end();
});

t.test('firmware of an unpacked QEMU comes first if it is complete', (t) => {
  const root = t.testdir({});
  const bin = join(root, 'bin');
  const share = join(root, 'share/qemu');
  mkdirSync(share, { recursive: true });
  writeFileSync(join(share, 'edk2-arm-code.fd'), '');
  t.equal(bundledFirmware('arm', bin), null, 'no variables');
  writeFileSync(join(share, 'edk2-arm-vars.fd'), '');
  t.equal(findFirmware('arm', bin).code, join(share, 'edk2-arm-code.fd'));
  t.equal(bundledFirmware('aarch64', bin), null);
  t.match(findFirmware('aarch64', bin).code, /^\/usr/);
  writeFileSync(join(share, 'edk2-aarch64-code.fd'), '');
  t.match(findFirmware('aarch64', bin).code, share);
  t.match(findFirmware('aarch64', bin, 'secure-boot').code, /^\/usr/, 'whose keys are enrolled');
  t.end();
});
