import type { Signature } from './signature.ts';

const complaint = {
  origin: 'initramfs',
  stage: 'initramfs',
  meaning: 'root-doubt',
  fallback: true,
  kmsg: true,
  source: 'initramfs of any kind',
} as const;

/**
 * What any initramfs may say in its own words, where no other signature knows them. It counts only while an initramfs may
 * run, and only if the boot gets no further.
 */
export const complaintSignatures: Signature[] = [
  {
    ...complaint,
    id: 'root-complaint',
    outcome: 'root-missing',
    pattern:
      /^(?!.*(?:[Mm]ount|fsck|swap|\/s?bin\/init\b|[Ss]kipping|Kernel panic|VFS: ))(?=.*(?:(?<device>\/dev\/(?!null|tty|console|pts|shm|rtc|watchdog|input|urandom|random)[\w/.-]*\w|(?:PART)?(?:UUID|LABEL)=[\w-]+)|\b[Rr]oot (?:block )?(?:device|disk|partition|volume|file ?system)|\brootfs\b|\broot=|\bmedi(?:a|um)\b|\blive (?:image|system|file)))(?=.*(?:not (?:be )?(?:found|appear|available|present|exist)|(?:doesn't|does not|didn't|did not) (?:exist|appear|show)|never (?:appeared|showed)|[Nn]o such (?:file|device)|(?:[Cc]ould not|[Cc]ouldn't|[Cc]annot|[Cc]an't|[Uu]nable to|[Ff]ailed to|[Dd]id not) (?:find|locate|resolve|detect|determine)|[Tt]imed out|[Tt]imeout|[Gg]ave up|[Gg]iving up|is missing|not a valid))(?<reason>.*)$/,
    description: 'some program says that it does not find the root device',
  },
  {
    ...complaint,
    id: 'mount-complaint',
    outcome: 'root-mount-failed',
    pattern:
      /^(?!.*(?:Kernel panic|VFS: |\/proc|\/sys\b|\/dev\/pts|\/run|\/tmp|debugfs|tracefs|cgroup))(?=.*[Mm]ount)(?=.*(?:\broot|\/(?:sysroot|newroot|new_root|rootfs|mnt)\b|\/dev\/\w|(?:UUID|LABEL)=))(?=.*(?:[Ff]ailed|[Cc]annot|[Cc]an't|[Cc]ould not|[Cc]ouldn't|[Uu]nable|isn't mounted|wrong fs type|bad superblock))(?<reason>.*)$/,
    description: 'some program says that it cannot mount the root file system',
  },
  {
    ...complaint,
    id: 'init-complaint',
    outcome: 'no-init',
    pattern:
      /^(?!\/?init\b)(?=.*(?:\/s?bin\/init\b|\binit (?:program|binary|process)|switch_root|switch root|pivot_root|OS tree))(?=.*(?:not (?:be )?(?:found|executable|seem)|(?:doesn't|does not) (?:exist|seem)|[Nn]o such file|[Cc]annot|[Cc]an't|[Cc]ould not|[Ff]ailed|[Uu]nable|is missing|denied|format error))(?<reason>.*)$/,
    description: 'some program says that it cannot start the system’s first program',
  },
  {
    ...complaint,
    id: 'rescue-offered',
    meaning: 'rescue-doubt',
    pattern:
      /^(?!\[|Start(?:ing|ed) \S+\.service|.*(?:ssh|to (?:enter|get|open|start|run) ))(?:.{0,80}\b)?(?:(?:[Dd]ropp(?:ing|ed)|[Ff]alling|[Ff]ell|[Ss]pawning|[Ll]aunching|[Ss]tarting|[Ee]ntering|[Oo]pening)\b.{0,40} (?:shell|ash|bash|sh|console)\b|(?:emergency|recovery|rescue|maintenance|repair|debug) (?:\w+ )?shell\b)/,
    description: 'some program offers a shell, because the boot does not go on',
  },
];
