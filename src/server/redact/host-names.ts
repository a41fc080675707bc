import { changeLines } from './lines.ts';
import { isMarked, type Hide, type Rule } from './mark.ts';

/** Names that many machines have, and words that occur in every log. Hiding them would hide nothing. */
const generic = new Set(
  `localhost localdomain local lan home internal intern corp com net org example invalid host hostname server client
  linux debian ubuntu fedora centos rhel redhat rocky alma almalinux suse opensuse arch archlinux alpine gentoo nixos
  openwrt raspberrypi raspbian armbian android buildroot yocto archiso void kali mint root user admin
  system systemd kernel boot efi uefi bios grub initrd initramfs dracut busybox kexec kdump virtual machine node guest
  kexec-lab vps cloud instance rescue test dhcp static none any disk swap data main data0 usb pci tty console serial
  arm arm64 aarch64 amd64 x86 x86_64 i386 i686 armhf riscv64 qemu kvm xen vmware generic default name device eth0
  the and for not with from key file error version init mount network service target start started`.split(
    /\s+/,
  ),
);

/** Whether a name says nothing about a machine. */
export function isGeneric(name: string): boolean {
  return (
    name.length < 3 ||
    generic.has(name.toLowerCase()) ||
    /^\d+$/.test(name) ||
    /^[$<{%]/.test(name) ||
    isMarked(name)
  );
}

/** The names of kernels and their files: a local version may be a host name, and the files must go on matching. */
const kernelFile =
  /(?:vmlinu[xz]|initrd(?:\.img)?|initramfs|System\.map|config|kernel|Image)-[^ \t\n/]*$/;

/** A host name, after what shows that it is one. */
const named = [
  /((?:^|[ \t"'.,;-])(?:systemd\.|rd\.)?(?:static |transient |pretty )?host[-_]?name["']?(?:[ \t]{0,8}=[ \t]{0,8}|:[ \t]+)["']?)([A-Za-z0-9][\w.-]*)/gim,
  /(\bhostname (?:set )?to[ \t]+[<"'`]?|(?<![.\w-])(?:host-name|set-hostname)[ \t]+["']?|\bnodename[=:][ \t]*)([A-Za-z0-9][\w.-]*)/gi,
  /((?:^|[;&|][ \t]*|\bs?bin\/)hostname[ \t]+["']?)([A-Za-z0-9][\w.-]*)/gm,
];
const hintOfName = /host-?_?name|nodename/gi;

/** Lines that contain host names: of the journal (date, host, program), of resolv.conf(5), and /etc/hosts of Debian. */
const lines = [
  /^((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.,+-]+Z?) )([A-Za-z0-9][\w.-]*)(?= (?:kernel|[\w().@/-]+\[\d+\]): )/gm,
  /^((?:search|domain)[ \t]+)((?:(?:[\w-]+\.)+[a-z]{2,24}[ \t]*)+)(?=[\r\n]|$)/gm,
  /^(127\.0\.1\.1[ \t]+)([A-Za-z0-9][\w.-]*(?:[ \t]+[A-Za-z0-9][\w.-]*)*)/gm,
];

/** The name of an initiator or a target of iSCSI ends in what its owner chose. */
const iqn = /(\b[in]qn\.\d{4}-\d\d\.[\w.-]+:)([\w.:-]+)/g;

/** The kernel's `ip=client:server:gateway:mask:HOST:device:…`; IPv6 addresses are in brackets. */
const ipParameter = /((?:^|[ \t"'])ip=)((?:\[[^\]\r\n]*\]|[^ \t\r\n"'\0:])*:[^ \t\r\n"'\0]+)/gm;
const fields = /\[[^\]]*\]|[^:]+|(?<=^|:)(?=:|$)/g;

/** Makes the rule for a machine's names. `hostNames` may be fully qualified, and are compared without case. */
export function hostNameRule(hostNames: readonly string[]): Rule {
  const parts = hostNames.flatMap((name) => {
    const labels = name.split('.').filter((label) => label !== '');
    const domain = labels.slice(1);
    return [
      name,
      ...labels.slice(0, Math.max(1, labels.length - 1)),
      ...(domain.length > 1 ? [domain.join('.')] : []),
    ];
  });
  const words = [...new Set(parts)]
    .filter((name) => !isGeneric(name))
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const known =
    words.length === 0
      ? null
      : new RegExp(`(?<![A-Za-z0-9])(?:${words.join('|')})(?![A-Za-z0-9])`, 'gi');
  return (text, hide) => {
    const some = hideNamed(text, hide);
    if (known === null) return some;
    return some.replace(known, (found, at: number) =>
      kernelFile.test(some.slice(Math.max(0, at - 100), at)) ? found : hide(found, 'host name'),
    );
  };
}

function hideNamed(text: string, hide: Hide): string {
  const hideName = (name: string) => (isGeneric(name) ? name : hide(name, 'host name'));
  const hideNames = (_: string, before: string, names: string) =>
    before + names.replace(/[^ \t]+/g, hideName);
  let some = changeLines(text, hintOfName, (line) =>
    named.reduce((now, pattern) => now.replace(pattern, hideNames), line),
  );
  for (const pattern of [...lines, iqn]) some = some.replace(pattern, hideNames);
  return some.replace(ipParameter, (found, before: string, value: string) => {
    if ((value.match(fields)?.length ?? 0) < 5) return found;
    let index = 0;
    return (
      before +
      value.replace(fields, (name) => (index++ === 4 && name !== '' ? hideName(name) : name))
    );
  });
}
