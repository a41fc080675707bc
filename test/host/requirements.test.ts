import { join } from 'node:path';
import t from 'tap';
import {
  findRequirement,
  missingRequirements,
  readVersion,
} from '../../src/host/find-requirement.ts';
import { ensureRequirements, installLine } from '../../src/host/install.ts';
import type { Requirement } from '../../src/host/requirements.ts';
import { needs, requirementsFor } from '../../src/host/requirements.ts';
import { arches } from '../../src/scenario/scenario.ts';
import { hostWith } from './host-with.ts';

function requirement(name: string, packageName: string): Requirement {
  return { name, package: packageName, purpose: 'images', why: 'a test', versionArguments: [] };
}

const tool = requirement('lab-test-tool', 'lab-test-package');
const twin = requirement('lab-test-twin', 'lab-test-package');

t.test('this host has everything', async (t) => {
  t.same(await missingRequirements(requirementsFor(arches, needs)), []);
});

t.test('every command says its version', async (t) => {
  for (const wanted of requirementsFor(arches, needs).filter(
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

t.test('QEMU is asked for where it is used and not chosen by hand', (t) => {
  const names = (list: Requirement[]): string[] =>
    list.map(({ name }) => name).filter((name) => name.startsWith('qemu'));
  t.same(names(requirementsFor(['arm'], [])), ['qemu-system-arm']);
  t.same(names(requirementsFor(['aarch64', 'arm'], [], '/opt/qemu/bin')), []);
  t.end();
});

t.test('UEFI firmware is asked for where a machine has one, and no QEMU brings it', (t) => {
  const asked = (...args: Parameters<typeof requirementsFor>): string[] =>
    requirementsFor(...args)
      .map(({ package: name }) => name)
      .filter((name) => name.startsWith('qemu-efi'));
  t.same(asked(arches, ['uefi']), ['qemu-efi-aarch64', 'qemu-efi-arm']);
  t.same(asked(['arm'], ['uefi']), ['qemu-efi-arm']);
  t.same(asked(arches, []), []);
  const brings = t.testdir({
    bin: {},
    share: { qemu: { 'edk2-arm-code.fd': '', 'edk2-arm-vars.fd': '' } },
  });
  t.same(asked(arches, ['uefi'], join(brings, 'bin')), ['qemu-efi-aarch64']);
  t.end();
});

t.test('mmdebstrap is asked for where apt knows no Debian mirror', (t) => {
  const asked = (onDebian: boolean): boolean =>
    requirementsFor(['arm'], [], undefined, onDebian).some(({ name }) => name === 'mmdebstrap');
  t.same([asked(true), asked(false)], [false, true]);
  t.end();
});

t.test('tools of the network are asked for where a machine has one', (t) => {
  const packages = (list: Requirement[]): string[] => list.map((wanted) => wanted.package);
  const network = ['socat', 'qemu-utils', 'openssh-client', 'openssh-client'];
  t.same(
    packages(requirementsFor(['arm'], ['network'])).filter((name) => network.includes(name)),
    network,
  );
  t.notOk(packages(requirementsFor(['arm'], [])).some((name) => network.includes(name)));
  t.end();
});

t.test('what installs a whole Debian is asked for where one is an image', (t) => {
  const systems = ['mmdebstrap', '/usr/lib/binfmt.d/qemu-aarch64.conf', 'newuidmap'];
  const asked = (system: boolean): string[] =>
    requirementsFor(['arm'], system ? ['system'] : [], undefined, true)
      .map(({ name }) => name)
      .filter((name) => systems.includes(name));
  t.same([asked(true), asked(false)], [systems, []]);
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
  await t.rejects(ensureRequirements([tool, twin], false), {
    name: 'UnavailableError',
    exitCode: 5,
    message: 'missing on this host: lab-test-tool (package lab-test-package)',
    hint: `Install with --with-deps, or yourself: ${installLine([tool])}`,
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
    await t.rejects(ensureRequirements([tool], true), {
      name: 'UnavailableError',
      message: /installing failed \(it ended with 100\); still missing: lab-test-tool/,
    });
  });
  await t.test('by a user without sudo', async (t) => {
    hostWith(t, { 'apt-get': '' });
    t.intercept(process, 'getuid', { value: () => 1000 });
    await t.rejects(ensureRequirements([tool], true), {
      message: /which has no sudo/,
      hint: `As root: ${installLine([tool], true)}`,
    });
  });
  await t.test('on a system without apt', async (t) => {
    hostWith(t, { sudo });
    await t.rejects(ensureRequirements([tool], true), { message: /which has no apt/ });
  });
});
