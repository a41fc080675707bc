import { readFileSync } from 'node:fs';
import t from 'tap';
import { failedLoad } from '../../../src/boot/explain/kexec-checks.ts';
import { outcomeIds } from '../../../src/model/vocabulary.ts';
import { diagnose, readLog, recordedLogs } from '../recorded-logs.ts';

/** What is said about a console. */
function said(...lines: string[]): { meaning: string; cure: string } {
  return diagnose([Buffer.from(lines.join('\n'))]).outcome;
}

const failed = (device: string): string => `Failed to mount ${device} as root file system.`;

void t.test('every outcome but a success comes with a cure, and nothing is left unsaid', (t) => {
  for (const { log } of recordedLogs) {
    const { id, meaning, cure } = diagnose([readLog(log)]).outcome;
    t.equal(cure === '', id === 'booted', `${log}: cure`);
    t.notMatch(
      meaning + cure,
      /undefined|null|NaN|\(\)|\s\s|\s[.:;,]/,
      `${log}: ${meaning} ${cure}`,
    );
    t.match(meaning, /^[A-Z"`].*\.$/s, `${log}: a sentence`);
  }
  t.end();
});

void t.test('a whole disk as root is told from a partition', (t) => {
  t.match(said(failed('/dev/vda')).cure, 'root=/dev/vda1');
  t.match(said(failed('/dev/nvme0n1')).cure, 'root=/dev/nvme0n1p1');
  t.match(said(failed('/dev/mmcblk0')).cure, 'root=/dev/mmcblk0p1');
  t.match(said(failed('/dev/nbd0')).cure, 'root=/dev/nbd0p1');
  for (const partition of ['/dev/vda1', '/dev/nvme0n1p2', '/dev/mapper/vg-root', 'UUID=12']) {
    t.notMatch(said(failed(partition)).cure, 'whole disk', partition);
  }
  t.end();
});

void t.test('the cure for a kexec that did not load depends on its words', (t) => {
  const announced = ">>> kexec: kernel=/vmlinuz initrd=/initrd.img append=''";
  t.match(said('Cannot determine the file type of /boot/kernel').cure, 'file(1)');
  t.match(said(announced, '>>> kexec: kernel not found').cure, 'paths or URLs');
  t.match(said('kexec_load failed: Operation not permitted').cure, 'lockdown');
  t.match(said('kexec_load failed: Function not implemented').cure, 'CONFIG_KEXEC');
  t.match(said('kexec_load failed: Cannot assign requested address').cure, 'kexec -d');
  t.end();
});

void t.test('an error number is explained by the checks that return it, in their order', (t) => {
  const places = (line: string): string[] =>
    failedLoad(line)?.checks.map(({ place }) => place.replace(/.*: /, '')) ?? [];
  t.same(places('kexec_load failed: Cannot assign requested address'), [
    'kimage_alloc_init',
    'sanity_check_segment_list',
    'sanity_check_segment_list',
  ]);
  t.same(places('kexec_file_load failed: Invalid argument').slice(0, 3), [
    'kexec_file_load',
    'image_probe',
    'image_load',
  ]);
  t.match(failedLoad('syscall kexec_file_load not available.'), { errno: 'ENOSYS' });
  t.match(failedLoad('kexec_file_load(): EPERM'), { call: 'kexec_file_load', errno: 'EPERM' });
  t.equal(failedLoad('kexec_load failed: Success'), null);
  t.equal(failedLoad('Cannot load /vmlinuz: Invalid argument'), null, 'no call is named');
  const { meaning, cure } = said('kexec_file_load failed: Function not implemented');
  t.match(meaning, 'ENOSYS');
  t.match(cure, 'kexec -c');
  t.end();
});

void t.test('a log that stops says where, and that this is no proof', (t) => {
  t.match(said('[    1.000000] a: b').meaning, /ends in the kernel stage of generation 1/);
  t.match(
    said('EFI stub: Booting Linux Kernel...').meaning,
    /ends in firmware and shows no failure/,
  );
  t.match(said('EFI stub: Exiting boot services...').meaning, /only shows silence/);
  t.match(
    said('[    1.000000] reboot: Restarting system').meaning,
    /ends while the machine is being reset/,
  );
  t.match(said('[    1.000000] Bye!').meaning, /only shows silence. CPU samples/);
  t.end();
});

void t.test('what is no console is called that, and not a boot that stopped', (t) => {
  const { meaning, cure } = said('Dear diary,', '\x07\x8e\xff\x13');
  t.match(meaning, /does not look like the console/);
  t.match(cure, /baud rate/);
  t.notMatch(said('EFI stub: Exiting boot services...').cure, 'baud rate');
  t.end();
});

void t.test('docs/diagnose.md explains every outcome, in the order they are listed in', (t) => {
  const page = readFileSync(new URL('../../../docs/diagnose.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^### (\S+)$/gm)].map((match) => match[1]);
  t.strictSame(sections, [...outcomeIds]);
  t.end();
});
