/** Parsers of the texts that a capture consists of. All are pure and forgive what they do not know. */

/** `KEY=value` lines, as in os-release(5) and files of /etc/default: quotes are removed, comments left out. */
export function parseAssignments(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key = '', value = ''] = /^\s*(?:export\s+)?(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== '') found.set(key, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  }
  return found;
}

/** The words of a kernel command line. Double quotes keep blanks together (Documentation/admin-guide/kernel-parameters). */
export function parseCmdline(text: string): string[] {
  return text.trim().match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
}

/** The value of a parameter of a command line: the last one counts. Null if the parameter is not there. */
export function parameterOf(cmdline: string, name: string): string | null {
  const word = parseCmdline(cmdline).findLast((each) => each.startsWith(`${name}=`));
  return word === undefined ? null : word.slice(name.length + 1).replaceAll('"', '');
}

/** A block device, as `lsblk -P -b` prints it. Empty texts are unknown. */
export type BlockDevice = {
  /** The kernel's name, without `/dev/`. */
  name: string;
  /** As a system calls it: `/dev/vda1`, and `/dev/mapper/vg0-root` for what device mapper makes. */
  path: string;
  parent: string;
  /** disk, part, lvm, crypt, raid1, … */
  type: string;
  /** Bytes. */
  size: number;
  filesystem: string;
  label: string;
  uuid: string;
  partUuid: string;
  partLabel: string;
  partType: string;
  mount: string;
};

/** Reads `lsblk -P -b`: a line for each device and parent, `NAME="vda1" KNAME="vda1" …`, with `\x20` for odd characters. */
export function parseLsblk(text: string): BlockDevice[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('NAME='))
    .map((line) => {
      const values = new Map<string, string>();
      for (const [, key = '', value = ''] of line.matchAll(/([A-Z-]+)="((?:[^"\\]|\\.)*)"/g))
        values.set(key, unescapeHex(value));
      const of = (key: string) => values.get(key) ?? '';
      const name = of('KNAME') || of('NAME');
      return {
        name,
        path: name.startsWith('dm-') ? `/dev/mapper/${of('NAME')}` : `/dev/${name}`,
        parent: of('PKNAME'),
        type: of('TYPE'),
        size: Number(of('SIZE')) || 0,
        filesystem: of('FSTYPE'),
        label: of('LABEL'),
        uuid: of('UUID'),
        partUuid: of('PARTUUID'),
        partLabel: of('PARTLABEL'),
        partType: of('PARTTYPE'),
        mount: of('MOUNTPOINT'),
      };
    });
}

function unescapeHex(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** The group and the name of a logical volume, of which device mapper joins the two: `vg0-root`, and `--` for a hyphen. */
export function parseVolumeName(path: string): { group: string; name: string } | null {
  const [, group, name] = /^\/dev\/mapper\/((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(path) ?? [];
  if (group === undefined || name === undefined) return null;
  return { group: group.replaceAll('--', '-'), name: name.replaceAll('--', '-') };
}

/** A line of fstab(5) or /proc/mounts. */
export type Mount = { source: string; place: string; filesystem: string; options: string };

/** Reads fstab(5) or /proc/mounts; comments and lines with fewer than three fields are left out. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source = '', place = '', filesystem, options = 'defaults'] = line.trim().split(/\s+/);
    if (source.startsWith('#') || filesystem === undefined) return [];
    return [{ source, place: unescapeOctal(place), filesystem, options }];
  });
}

/** fstab(5) writes a blank as \040. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Versions of packages, from lines `name version architecture`. The first version of a name counts. */
export function parsePackages(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name = '', version] = line.trim().split(/\s+/);
    if (version !== undefined && !found.has(name)) found.set(name, version);
  }
  return found;
}

/** What a systemd unit does, as far as it matters here. Continued lines are joined (systemd.syntax(7)). */
export function parseUnit(text: string): { commands: string[]; wantedBy: string[] } {
  const commands: string[] = [];
  const wantedBy: string[] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const [, key = '', value = ''] =
      /^\s*(\w+)[ \t]*=(.*)$/.exec(line)?.map((part) => part.trim()) ?? [];
    if (/^Exec(Start|StartPre|StartPost|Stop|StopPost)$/.test(key))
      commands.push(value.replace(/^[-@:+!|]+/, ''));
    if (key === 'WantedBy' || key === 'RequiredBy') wantedBy.push(...value.split(/\s+/));
  }
  return { commands, wantedBy };
}
