import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { architectures, arches } from '../../src/arch.ts';
import { bundledFirmware, findFirmware } from '../../src/host/requirements.ts';
t.test('the host’s', (t) => {
  t.same(findFirmware('aarch64'), {
    code: '/usr/share/AAVMF/AAVMF_CODE.fd',
    variables: '/usr/share/AAVMF/AAVMF_VARS.fd',
  });
  t.match(findFirmware('arm', '/usr/bin').code, /AAVMF32_CODE/);
  t.same(
    arches.map((arch) => architectures[arch].firmware.package),
    ['qemu-efi-aarch64', 'qemu-efi-arm'],
  );
  t.end();
});

t.test('an unpacked QEMU’s own goes before it, if it is whole', (t) => {
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
  t.end();
});
