import t from 'tap';
import { planBoot } from '../../src/server/boot-plan.ts';
import { understand } from '../../src/server/server.ts';
import { captured } from './captured-of.ts';

void t.test("a root on the network is attached by the provider's initramfs, which kexecs", (t) => {
  const server = understand(
    captured(t, {
      uname: 'Linux 6.1.0-50-armmp-lpae #1 armv7l\n',
      '/proc/cmdline':
        'console=ttyS0 loglevel=8 dyndbg="func __cpu_die +p" root=/dev/nbd0 ip=dhcp nbdroot=xx.xx.xx.xx:4448/root is_in_kexec=yes root=/dev/nbd0p1\n',
      lsblk: [
        'NAME="nbd0" KNAME="nbd0" PKNAME="" TYPE="disk" SIZE="4294967296"',
        'NAME="nbd0p1" KNAME="nbd0p1" PKNAME="nbd0" TYPE="part" SIZE="1073741824" FSTYPE="ext4" UUID="aa" MOUNTPOINT="/"',
      ].join('\n'),
      '/boot/vmlinuz-6.1.0-50-armmp-lpae': 'kernel',
      '/boot/initrd.img-6.1.0-50-armmp-lpae': 'initrd',
      '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
    }),
    'c1.tar',
  );
  const plan = planBoot(server, 'c1.tar');
  t.match(plan.network, {
    storage: 'nbd',
    cmdline:
      /^loglevel=8 dyndbg="func __cpu_die \+p" root=\/dev\/nbd0 ip=dhcp nbdroot=169\.254\.42\.66:4448\/root$/,
    tags: { KEXEC_KERNEL: '/vmlinuz', KEXEC_APPEND: 'root=/dev/nbd0p1' },
  });
  t.match(plan, { firstKernel: null, steps: [] });
  t.match(plan.expect, { generation: 2, root: '/dev/nbd0p1' });
  t.match(
    plan.likeness.find(({ what }) => what === 'disk'),
    { how: 'as there', detail: /NBD/ },
  );
  t.end();
});
