/**
 * What paths in an initrd say about secrets. Paths have no `/` at their start, and the directories that hold them differ
 * between Debian (`conf`, `cryptroot`), dracut and systemd (`etc`, `usr/lib`).
 */

const secretFiles = [
  /(?:^|\/)[^/]*host_[^/]*key(?:\.pub)?$/,
  /(?:^|\/)authorized_keys[^/]*$/,
  /(?:^|\/)known_hosts[^/]*$/,
  /(?:^|\/)\.ssh\//,
  /(?:^|\/)cryptroot\/keyfiles\//,
  /(?:^|\/)etc\/(?:cryptsetup-keys\.d|credstore(?:\.encrypted)?|wireguard|wpa_supplicant|luks|luks-keys|keys|clevis)\//,
  /(?:^|\/)etc\/(?:NetworkManager\/system-connections|ssl\/private|pki\/tls\/private|zfs\/keys|ipsec\.d\/private)\//,
  /(?:^|\/)(?:lib|run)\/NetworkManager\/system-connections\//,
  /(?:^|\/)\.extra\/(?:credentials|global_credentials)\//,
  /(?:^|\/)run\/credentials\//,
  /(?:^|\/)var\/lib\/(?:tailscale|iwd|bluetooth)\//,
  /(?:^|\/)(?:systemd\/random-seed|random-seed|ipsec\.secrets|(?:pap|chap)-secrets|\.netrc|\.pgpass|\.git-credentials)$/,
  /(?:^|\/)wpa_supplicant[^/]*\.conf$/,
  /\.(?:keytab|p12|pfx|jks|keyfile|jwe|cred|psk)$/,
];

/** Names that keys often have. A program with such a name is not a key. */
const perhapsKeys = /(?:^|\/)[^/]*(?:key[-_]?file|luks[-_]?key)[^/]*$|\.key$/;

/** Whether a member of this path is a secret as a whole. */
export function isSecretPath(path: string, content: Buffer): boolean {
  if (secretFiles.some((pattern) => pattern.test(path))) return true;
  if (!perhapsKeys.test(path) || /\.(?:ko(?:\.\w+)?|sh|so[\d.]*|service|conf|py)$/.test(path))
    return false;
  const isProgram = content.subarray(0, 2).equals(Buffer.from('#!'));
  return !isProgram && !content.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
}

/** What every system has: kernel modules, firmware, and the lists of them. They are searched for private keys only. */
const common =
  /^(?:usr\/)?lib\/(?:modules|firmware)\/|^kernel\/(?!.*\.(?:conf|txt|sh)$)|(?:^|\/)(?:ca-certificates|ca-trust|ssl\/certs|pki\/tls\/certs)\//;

export function isCommonPath(path: string): boolean {
  return common.test(path);
}

/** Compressed files and archives that no system has secrets in: fonts, key maps, manual pages, modules. */
const harmless =
  /\.ko\.\w+$|(?:^|\/)(?:consolefonts|consoletrans|keymaps|kbd|fonts|locale|plymouth|terminfo|microcode)\/|\.(?:psfu?|map|kmap|ktl|mo)(?:\.gz)?$|microcode\.bin$/;

export function isHarmlessArchive(path: string): boolean {
  return harmless.test(path);
}
