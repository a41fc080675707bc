import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import t from 'tap';
import { capture } from '../../src/server/capture.ts';
import { readServerFile } from '../../src/server/server-file.ts';
import type { PlantedRecord } from './planted.ts';
import { bootOption, file, flatTree, hostName, machineId, plantDebian, text } from './planted.ts';

const script = fileURLToPath(new URL('../../assets/capture.sh', import.meta.url));
const vendor = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const release = '6.1.0-28-arm64';

/** 34 secrets. Each occurs where the name says. */
const secrets = {
  hostName,
  machineId,
  uuidOfMachineId: '3f8a1c0b-e2d8-4b6f-a1b0-7c3d5e6f70e9',
  fstabPassword: 'Hunter2fstab',
  crypttabToken: 'hvs.CAESIJ8x7fstabQ0000token',
  grubHash: '10000.4F1AB5B43D2D9BC1E2F6A0C39B2E1D7A',
  grubCfgPassword: 'plainGrubPw77',
  grubDefaultAddress: '203.0.113.71',
  entryPassword: 'isciChapSecret9',
  hookToken: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  modprobePassword: 'wlan-Geheim-55',
  bootScriptPassword: 'Curl3dSecret',
  unitEnvironment: 'UnitSecret4711',
  kexecAddress: '2001:db8:4afe::1f2e',
  scrPassword: 'ubootPw5150',
  nameOfFile: '52:54:00:ab:cd:ef',
  dmesgMac: 'dc:a6:32:7e:4b:19',
  dmesgMail: 'maria.musterfrau@acme-gmbh.example',
  cmdlineLuks: 'luksPassphrase88',
  cmdlineAddress: '198.51.100.23',
  cifsPassword: 'cifsRootPw31',
  dtbPassword: 'dtbSecretPw64',
  dtbMac: '\xb8\x27\xeb\x4d\x5e\x6f',
  dtbSerial: '10000000ca7f00d5',
  dtbSlack: 'leftOverPassword2',
  efiMac: '525400D15EA5',
  efiUri: 'boot.acme-gmbh.example',
  efiUriPassword: 'netbootPw12',
  dropbearKey: '\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2',
  authorizedKey: 'AAAAC3NzaC1lZDI1NTE5AAAAIHq0Zb7uY3mS0c1V9kdT2xWlFh8nPqRs',
  luksKeyFile: '\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9a',
  initrdAddress: '192.0.2.144',
  initrdName: 'e4:5f:01:9a:bc:de',
  randomSeed: 'z\x81\x82\x83\x84seedseed\x85\x86\x87',
} as const;

const script6 = Buffer.concat([
  Buffer.from('27051956', 'hex'),
  Buffer.alloc(26),
  Buffer.from([6, 0]),
  Buffer.alloc(32),
  Buffer.from(`setenv bootargs password=${secrets.scrPassword}\n`),
]);

const files: Record<string, string | Buffer> = {
  '/etc/fstab': `UUID=6f7a / ext4 defaults 0 1\n//nas/x /mnt cifs username=joe,password=${secrets.fstabPassword} 0 0\n`,
  '/etc/crypttab': `data /dev/vdb none luks,header=https://x/?token=${secrets.crypttabToken}\n`,
  '/etc/default/grub': `GRUB_CMDLINE_LINUX="ip=${secrets.grubDefaultAddress}::203.0.113.1:255.255.255.0::eth0:off"\n`,
  '/boot/grub/grub.cfg': `password_pbkdf2 root grub.pbkdf2.sha512.${secrets.grubHash}\npassword joe ${secrets.grubCfgPassword}\n# ${hostName}\n`,
  [`/boot/loader/entries/${machineId}-${release}.conf`]: `title Debian\nmachine-id ${machineId}\nlinux /${machineId}/linux\noptions rd.iscsi.password=${secrets.entryPassword} systemd.machine_id=${machineId}\n`,
  [`/boot/loader/entries/${secrets.nameOfFile}.conf`]: 'title by address\n',
  [`/boot/loader/entries/${hostName}.conf`]: 'title by name\n',
  '/boot/loader/entries/ip-10-0-0-1.conf': 'title one\n',
  '/boot/loader/entries/ip-10-0-0-2.conf': 'title two\n',
  [`/boot/${machineId}/linux`]: Buffer.alloc(64, 1),
  '/boot/loader/random-seed': Buffer.from(secrets.randomSeed, 'latin1'),
  '/boot/boot.scr': script6,
  '/etc/initramfs-tools/hooks/mine': `#!/bin/sh\ncurl -H "Authorization: token ${secrets.hookToken}" https://x\n`,
  '/etc/modprobe.d/wifi.conf': `options wifi psk=${secrets.modprobePassword}\n`,
  '/boot.sh': `#!/bin/sh\ncurl -u joe:${secrets.bootScriptPassword} -o /k https://[${secrets.kexecAddress}]/k\nkexec -l /k\n`,
  '/etc/systemd/system/kexec.service': `[Service]\nEnvironment=API_TOKEN=${secrets.unitEnvironment}\nExecStart=/boot.sh\n`,
};

const members = {
  'etc/dropbear/dropbear_ed25519_host_key': Buffer.from(
    `\0\0\0\x0bssh-ed25519\0\0\0\x40${secrets.dropbearKey}`,
    'latin1',
  ),
  'root-x/.ssh/authorized_keys': `ssh-ed25519 ${secrets.authorizedKey} joe@laptop\n`,
  'cryptroot/keyfiles/root.key': Buffer.from(secrets.luksKeyFile, 'latin1'),
  'conf/conf.d/net': `IP=${secrets.initrdAddress}::192.0.2.1:255.255.255.0:${hostName}:eth0\n`,
  [`etc/net/${secrets.initrdName}`]: 'x\n',
  'etc/machine-id': `${machineId}\n`,
  init: '#!/bin/sh\nexec /sbin/init\n',
};

const tree = flatTree({
  '': { compatible: 'raspberrypi,4-model-b', 'serial-number': secrets.dtbSerial },
  chosen: { bootargs: `root=/dev/mmcblk0p2 password=${secrets.dtbPassword}` },
  ethernet: { 'local-mac-address': Buffer.from(secrets.dtbMac, 'latin1') },
});
/** Firmware that edits a tree in place leaves old texts behind its end. */
const editedTree = Buffer.concat([tree, Buffer.from(`password=${secrets.dtbSlack}\0`)]);

const mac = Buffer.from(`${secrets.efiMac}${'0'.repeat(52)}`, 'hex');
const uri = Buffer.from(`https://u:${secrets.efiUriPassword}@${secrets.efiUri}/boot.efi`);
const ofRunning: PlantedRecord[] = [
  text('user', '0'),
  text('uname', `Linux ${release} #1 SMP Debian aarch64`),
  text(
    '/proc/cmdline',
    `root=UUID=6f7a ro rd.luks.passphrase=${secrets.cmdlineLuks} ip=${secrets.cmdlineAddress}::198.51.100.1:255.255.255.0:${hostName}:eth0`,
  ),
  text(
    'dmesg',
    `[    0.000000] Kernel command line: rd.luks.passphrase=${secrets.cmdlineLuks}\n[    1.0] bcmgenet fd580000.ethernet: configuring, address ${secrets.dmesgMac}\n[    2.0] systemd[1]: Hostname set to <${hostName}>.\n[    3.0] note for ${secrets.dmesgMail}\n[    4.0] DMI: uuid ${secrets.uuidOfMachineId}\n`,
  ),
  text(
    'lsblk',
    `NAME="vda1" KNAME="vda1" PKNAME="vda" TYPE="part" SIZE="1" FSTYPE="ext4" LABEL="${hostName}-root" MOUNTPOINT="/"\n`,
  ),
  text(
    'mounts',
    `//nas/root / cifs rw,username=joe,password=${secrets.cifsPassword},addr=192.0.2.9 0 0\n`,
  ),
  file('/sys/firmware/fdt', editedTree),
  file(
    `/sys/firmware/efi/efivars/Boot0001-${vendor}`,
    bootOption(`UEFI HTTPv4 (MAC:${secrets.efiMac})`, [3, 11, mac], [3, 24, uri]),
  ),
  file(
    `/sys/firmware/efi/efivars/Boot0002-${vendor}`,
    bootOption(`boot from https://u:${secrets.efiUriPassword}@${secrets.efiUri}/x for ${hostName}`),
  ),
  text('packages', 'linux-image-arm64 6.1.119-1 arm64\n'),
];

void t.test('no secret of a server is in its file', async (t) => {
  const directory = t.testdir();
  const root = plantDebian(directory, { files, members });
  const { stdout } = await execa('dash', [script, '--root', root], {
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  const raw = Buffer.from(stdout);
  const end = raw.lastIndexOf('end ');
  const more = ofRunning.flatMap(({ head, name, content }) => [
    Buffer.from(`${head} ${Buffer.byteLength(content)} ${name}\n`),
    Buffer.from(content as string),
    Buffer.from('\n'),
  ]);
  const count = Number(raw.toString('latin1', end + 4)) + ofRunning.length;
  const whole = Buffer.concat([raw.subarray(0, end), ...more, Buffer.from(`end ${count}\n`)]);
  writeFileSync(join(directory, 'server.raw'), whole);

  const initrd = gunzipSync(readFileSync(join(root, `/boot/initrd.img-${release}`)));
  const planted = Buffer.concat([
    whole,
    initrd,
    script6,
    readFileSync(join(root, '/boot/loader/random-seed')),
  ]);
  for (const [name, secret] of Object.entries(secrets))
    t.ok(isIn(planted, secret), `${name} was planted`);

  const output = join(directory, 'out.tar');
  const manifest = await capture({ file: join(directory, 'server.raw') }, output, {
    cache: join(directory, 'cache'),
    today: '2026-11-28',
  });
  const archive = readFileSync(output);
  const { contentOf } = await readServerFile(output, join(directory, 'blobs'));
  const found = manifest.entries.find(
    (entry) => entry.kind === 'file' && entry.path.startsWith('/boot/initrd.img'),
  );
  t.ok(found !== undefined && 'sha256' in found, 'the initrd is there');
  const sealed =
    found !== undefined && 'sha256' in found
      ? gunzipSync(readFileSync(contentOf(found.sha256)))
      : Buffer.alloc(0);
  t.ok(sealed.includes('exec /sbin/init'));
  t.ok(archive.includes('raspberrypi,4-model-b'), 'the device tree is there');
  for (const [name, secret] of Object.entries(secrets)) {
    t.notOk(isIn(archive, secret), `${name} is not in the file`);
    t.notOk(isIn(sealed, secret), `${name} is not in the initrd`);
  }
  const paths = manifest.entries.flatMap((entry) => ('path' in entry ? [entry.path] : []));
  t.equal(new Set(paths).size, paths.length, 'two names with the same mark stay two names');
  t.ok(paths.includes('/boot/loader/entries/xxxxxxxxxxx~2.conf'));
  t.notOk(paths.some((path) => path.includes('random-seed')));
});

/** In any case, and in UTF-16. */
function isIn(bytes: Buffer, secret: string): boolean {
  const latin = bytes.toString('latin1').toLowerCase();
  const wide = Buffer.from(secret, 'utf16le').toString('latin1').toLowerCase();
  const hex = secret.startsWith('525400') ? Buffer.from(secret, 'hex').toString('latin1') : wide;
  return [secret.toLowerCase(), wide, hex.toLowerCase()].some((form) => latin.includes(form));
}

void t.test('what is only a secret is left out', async (t) => {
  const { rawCapture } = await import('./planted.ts');
  const directory = t.testdir();
  const pe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(300), Buffer.from('.initrd\0')]);
  const ramdisk = Buffer.from(script6);
  ramdisk[30] = 3;
  const pem = `-----BEGIN PRIVATE KEY-----\n${'TUlJRXZnSUJBREFO'.repeat(8)}\n-----END PRIVATE KEY-----\n`;
  writeFileSync(
    join(directory, 'raw'),
    rawCapture([
      file('/boot/efi/loader/random-seed', 'secretseed'),
      file('/boot/efi/EFI/Linux/a.efi', pe),
      file('/boot/uInitrd', ramdisk),
      file('/etc/luks.keyfile', 'keyfilekeyfile'),
      file('/boot/vmlinuz-notes', pem),
      file('/boot/odd.bin', Buffer.from('\0\x01\x02')),
      file('/boot/broken.dtb', Buffer.from('d00dfeed00', 'hex')),
      file('/boot/initrd.img-broken', Buffer.from('1f8b0800', 'hex')),
      text('/proc/cmdline', Buffer.from('root=\0x')),
    ]),
  );
  const { entries } = await capture({ file: join(directory, 'raw') }, join(directory, 'o.tar'), {
    cache: join(directory, 'cache'),
    today: '2026-11-28',
  });
  t.strictSame(
    entries.map((entry) => `${entry.kind} ${'path' in entry ? entry.path : entry.name}`),
    [
      'lack /boot/efi/loader/random-seed',
      'lack /boot/efi/EFI/Linux/a.efi',
      'lack /boot/uInitrd',
      'lack /etc/luks.keyfile',
      'file /boot/vmlinuz-notes',
      'lack /boot/odd.bin',
      'lack /boot/broken.dtb',
      'lack /boot/initrd.img-broken',
      'lack /proc/cmdline',
    ],
  );
  t.notOk(readFileSync(join(directory, 'o.tar')).includes('TUlJRXZn'));
});
