/**
 * `npm run throughput [-- --rounds N] [-- --against DIST]`: how fast `kexec-lab diagnose` reads logs of several kinds, beside
 * `grep -E` with ten patterns, and beside another build if its dist directory is given. Writes the figures to
 * docs/performance.json. All take turns, so that whatever else the host does falls on all of them. Ten minutes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { measure } from './bench/measure.ts';
import type { LogFigures } from './performance-data.ts';
import { performanceSchema } from './performance-data.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, against: { type: 'string' } },
});

/** Ten texts that someone who looks for a failed boot would look for. */
const patterns =
  'Kernel panic|Unable to mount root|Bye!|login:|Linux version [0-9]|Booting Linux|Oops|BUG:|Starting new kernel|U-Boot [0-9]';

const [short, long] = [5e6, 100e6];
const logs = readdirSync('test/logs').filter((name) => name.endsWith('.log'));
const lines = logs.flatMap((name) =>
  readFileSync(join('test/logs', name), 'latin1').replaceAll('\r\n', '\n').trimEnd().split('\n'),
);

/** The lines of a healthy boot that mean nothing. */
const quiet = readFileSync('test/logs/aarch64-kexec-to-distro.log', 'latin1')
  .replaceAll('\r\n', '\n')
  .split('\n')
  .flatMap(
    (line) =>
      /^\[ *\d+\.\d{6}\] (?<body>(?:pci|hub|usb|NET|cpuidle|iommu|loop|TCP|clocksource)\b.*)/.exec(
        line,
      )?.groups?.['body'] ?? [],
  );

const kinds: Record<string, (index: number) => string> = {
  'the logs of the tests': (index) => lines[index % lines.length] ?? '',
  'the same, with CR LF': (index) => `${lines[index % lines.length] ?? ''}\r`,
  'the same, behind a recorder’s clock': (index) =>
    `${new Date(1.7e12 + 10 * index).toISOString()} ${lines[index % lines.length] ?? ''}`,
  'a kernel that says little': (index) =>
    `[${(index / 1000).toFixed(6).padStart(12)}] ${index === 0 ? 'Linux version 6.1.0 (gcc)' : (quiet[index % quiet.length] ?? '')}`,
};

function ofLength(line: (index: number) => string, length: number): Buffer {
  const all: string[] = [];
  for (let index = 0, size = 0; size < length; index += 1) {
    const next = `${line(index)}\n`;
    all.push(next);
    size += next.length;
  }
  return Buffer.from(all.join(''), 'latin1');
}

const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-throughput-'));
const { signal } = new AbortController();
const file = 'docs/performance.json';
try {
  const measured: LogFigures[] = [];
  for (const [kind, line] of Object.entries(kinds)) {
    const [brief, full] = [join(directory, 'short.log'), join(directory, 'long.log')];
    writeFileSync(brief, ofLength(line, short));
    writeFileSync(full, ofLength(line, long));
    const diagnose = (dist: string, log: string) => [
      'node',
      join(dist, 'cli/main.js'),
      'diagnose',
      '--json',
      log,
    ];
    const ways: Partial<Record<LogFigures['way'], string[]>> = {
      grep: ['grep', '-cE', patterns, full],
      lab: diagnose('dist', full),
      short: diagnose('dist', brief),
      ...(values.against !== undefined && { against: diagnose(values.against, full) }),
    };
    const rows = (Object.entries(ways) as [LogFigures['way'], string[]][]).map(
      ([way, command]) => ({
        kind,
        way,
        command,
        wall: [] as number[],
        cpu: [] as number[],
        peak: [] as number[],
      }),
    );
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const row of rows) {
        const { wallSeconds, cpuSeconds, peakMiB } = await measure(row.command, signal);
        row.wall.push(wallSeconds);
        row.cpu.push(cpuSeconds);
        row.peak.push(peakMiB);
        process.stderr.write(
          `${kind}, ${row.way}: ${wallSeconds} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMiB} MiB\n`,
        );
      }
    }
    measured.push(...rows.map(({ way, wall, cpu, peak }) => ({ kind, way, wall, cpu, peak })));
  }
  const before = performanceSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const reading = { date: new Date().toISOString().slice(0, 10), bytes: long, figures: measured };
  const style = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify({ ...before, reading }), style));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
