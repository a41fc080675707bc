import { isIPv4, isIPv6 } from 'node:net';
import { changeLines } from './lines.ts';
import type { Hide } from './mark.ts';

/** Not a part of a longer number, such as an object id of SNMP. A word may follow: `10.0.0.1.nip.io`. */
const ipv4 = /(?<![\w.$])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\w|\.\d)/g;
/** Unspecified, loopback, masks, and the addresses at which all machines find their provider's metadata. */
const innocentIpv4 = /^(?:0\.0\.0\.0$|127\.|255\.|169\.254\.(?:169\.254|42\.42)$)/;

/** Names that providers make of addresses. */
const nameOfAddress = /(?<![A-Za-z0-9])ip-\d{1,3}(?:-\d{1,3}){3}(?![A-Za-z0-9])/g;

/** Words of the characters of an IPv6 address. Two colons at least, which times and PCI names have, too. */
const ipv6 = /(?<![\w:.])(?:[0-9A-Fa-f]{1,4})?:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*(?!\w)/g;

/** Unspecified, loopback, prefixes of link-local addresses, and groups that everybody is in. */
const innocentIpv6 = /^(?:::1?|fe80::|ff0[0-9a-f]::.{0,5}|::ffff:(?:0\.0\.0\.0|127\..*))$/i;

const mac =
  /(?<![\w:-])[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5,6})(?![\w:]|-[0-9A-Fa-f])/g;
const innocentMac = /^(?:00[:-]){5}00$|^(?:ff[:-]){5}ff$/i;

/** Hardware addresses without colons: in EFI's device paths and boot options, and in names of network interfaces. */
const plainMac = /(?<=\bMAC(?:Addr)?[(:]|\b(?:en|wl|ww)[xX])[0-9A-Fa-f]{12}(?![0-9A-Fa-f])/g;

/** An address of mail, or of a login: `root@web1`. */
const mail =
  /(?<![\w.+%-])[A-Za-z0-9_][\w.+%-]{0,63}@[A-Za-z0-9](?:[\w-]{0,62}\.)+[A-Za-z]{2,24}(?![\w@])(?!-\w)/g;

/** Units of systemd, nodes of a device tree, algorithms of ssh, and the public addresses of builders and developers. */
const innocentMail =
  /@[0-9a-f]{5,16}\.|\.(?:service|socket|mount|device|target|timer|path|slice|scope|swap|automount|conf|d|wants|network|link|netdev)$|@(?:[\w.-]+\.)?(?:openssh\.com|libssh\.org|lists\.[\w.]+|(?:vger\.)?kernel\.org|debian\.org|ubuntu\.com|canonical\.com|redhat\.com|fedoraproject\.org|centos\.org|almalinux\.org|suse\.(?:com|de|cz)|opensuse\.org|archlinux\.org|gentoo\.org|gnu\.org|freedesktop\.org|alpinelinux\.org|openwrt\.org|raspberrypi\.(?:com|org)|linaro\.org|arm\.com|infradead\.org|sourceware\.org|samba\.org)$/i;

/** Names of authors in a file that a package brings. */
const authorship =
  /copyright|\(c\)|author|maintain|written by|signed-off|bug|report|contribut|licen[sc]e|mailto|©|<[^<>]*$/i;

/** Logins that need no domain: in commands, at prompts, and whoever built a kernel. */
const logins = [
  /(\b(?:ssh|scp|sftp|rsync|mosh)\b[^\r\n|;@]{0,80}[ \t"'])([\w.-]{1,32}@[A-Za-z][\w.-]{0,62})/g,
  /(\bLinux version [^ \r\n]{1,100} \()([\w.-]{1,64}@[\w.-]{1,64})(?=\))/g,
  /((?<![\w.+-]))((?:root|admin|debian|ubuntu|pi)@[A-Za-z][\w-]{0,62})(?![\w-]*\.\w)(?=[: ]|$)/gm,
];
const innocentLogin =
  /^(?:buildd?|builder|mockbuild|abuild|kbuild|geeko|linux-kernel|reproducible|nixbld|debian-kernel)@/;

/** Short ones are words between double colons, as in `1::add`. */
function isLong(found: string): boolean {
  return /\d/.test(found) && found.replace(/[:.]/g, '').length >= 5;
}

/** Replaces addresses of networks, of network cards and of people. */
export function hideAddresses(text: string, hide: Hide): string {
  return changeLines(text, /@/g, (line) => hideMail(line, hide))
    .replace(mac, (found) => (innocentMac.test(found) ? found : hide(found, 'hardware address')))
    .replace(plainMac, (found) => hide(found, 'hardware address'))
    .replace(ipv4, (found) =>
      isIPv4(found) && !innocentIpv4.test(found) ? hide(found, 'address') : found,
    )
    .replace(ipv6, (found) => {
      // A colon after an address ends a part of the sentence.
      const address = found.replace(/(?<!:):$/, '');
      const isAddress = isIPv6(address) && isLong(address) && !innocentIpv6.test(address);
      return isAddress ? hide(address, 'address') + found.slice(address.length) : found;
    })
    .replace(nameOfAddress, (found) => hide(found, 'host name'));
}

function hideMail(line: string, hide: Hide): string {
  const some = line.replace(mail, (found, at: number) => {
    if (innocentMail.test(found) || authorship.test(line.slice(0, at).slice(-200))) return found;
    return hide(found, 'mail address');
  });
  return logins.reduce(
    (now, pattern) =>
      now.replace(pattern, (all, before: string, found: string) =>
        innocentLogin.test(found) || innocentMail.test(found)
          ? all
          : before + hide(found, 'mail address'),
      ),
    some,
  );
}
