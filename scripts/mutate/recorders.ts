import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { matchLine, matchRecord } from '../../src/signatures/match.ts';
import type { Mutation } from './mutation.ts';
import type { Random } from './random.ts';

/** What recorders, terminals, mail programs and web pages do to a console: the truth stays what it was. */
export const recorders: Mutation[] = [
  lines('ts', (time) => `${stamp(time, 'T')} `),
  lines('ts in brackets', (time) => `[${stamp(time, ' ')}] `),
  lines('the time only', (time) => `${clock(time)} `),
  lines(
    'seconds since the start',
    (time) => `[${((time % 86_400_000) / 1000).toFixed(3).padStart(10)}] `,
  ),
  lines('syslog with a host', (time) => `Jan 12 ${clock(time)} console7 conserver[311]: `),
  lines('a CI job', (time) => `${stamp(time, 'T')}0000Z `),
  lines('a pod’s name', () => 'board-7 | '),
  lines('an answer to a mail', () => '> '),
  lines('an answer to an answer', () => '> > '),
  text('lines that end in CR LF', (log) => log.replace(/\r*\n/g, '\r\n')),
  text('lines that end in CR CR LF', (log) => log.replace(/\r*\n/g, '\r\r\n')),
  text('lines that end in LF', (log) => log.replace(/\r+\n/g, '\n')),
  text('lines that end in CR', (log) => log.replace(/\r*\n/g, '\r')),
  text('lines padded to 80 columns', (log) =>
    log.replace(
      /^([^\r\n]{0,79})(\r*\n)/gm,
      (_, line: string, end: string) => line.padEnd(80) + end,
    ),
  ),
  text('blanks squeezed', (log) => log.replace(/(?<=\S) {2,}/g, ' ')),
  text('blanks that do not break', (log) => log.replace(/ {2}/g, '\u00c2\u00a0 ')),
  text('HTML entities', (log) =>
    log.replace(
      /[&<>"]/g,
      (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
    ),
  ),
  text('ESC written as two characters', (log) => log.replaceAll('\u001b', '^[')),
  text('ESC lost in colours', (log) => log.replace(/\u001b(?=\[[\d;]*m)/g, '')),
  {
    name: 'NULs anywhere',
    apply: (log, random) => {
      const at = Array.from({ length: 5 }, () => random.below(log.length)).sort((a, b) => a - b);
      return at.reduceRight((bytes, index) => insert(bytes, index, '\0'), log);
    },
  },
  text('harmless lines put in', (log, random) => {
    const all = log.split('\n');
    for (let count = 0; count < 3; count += 1)
      all.splice(random.below(all.length), 0, random.pick(talk));
    return all.join('\n');
  }),
  text('a harmless kernel record in the middle of a line', (log, random) => {
    const all = log.split('\n');
    const at = random.below(all.length);
    const line = all[at] ?? '';
    // A record is never interrupted, and carries the time: it comes from where it is.
    if (line.includes('[') || line.includes('\r') || line.includes('\u001b') || line === '')
      return log;
    const clock = all
      .slice(0, at)
      .join('\n')
      .match(/\[ *\d+\.\d{6}\]/g)
      ?.at(-1);
    if (clock === undefined) return log;
    const cut = random.below(line.length);
    all.splice(at, 1, `${line.slice(0, cut)}${clock} eth0: link up`, line.slice(cut));
    return all.join('\n');
  }),
  text('noise on the line', (log, random) => {
    const all = log.split('\n');
    all.splice(random.below(all.length), 0, '\u00ff\u00fe\u0080x\u0007\u001b[6n');
    return all.join('\n');
  }),
  text('a time in brackets behind another recorder', (log) =>
    log
      .split('\n')
      .map(
        (line, index) =>
          `2024-01-12 10:0${Math.floor(index / 60) % 10}:${String(index % 60).padStart(2, '0')} <console> ${line}`,
      )
      .join('\n'),
  ),
  text('a log of Docker', (log) =>
    log
      .split('\n')
      .map((line, index) =>
        JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: stamp(1.7e12 + index, 'T') }),
      )
      .join('\n'),
  ),
  text('an editor that takes blanks at the end away', (log) => log.replace(/[ \t]+(?=\r*\n)/g, '')),
  text('tabs for blanks', (log) => log.replace(/ {8}/g, '\t')),
  text('wrapped at 80 columns', (log) => log.replace(/([^\r\n]{80})(?=[^\r\n])/g, '$1\n')),
  text('a BOM in front', (log) => `\u00ef\u00bb\u00bf${log}`),
  { name: 'UTF-16', apply: (log) => Buffer.from(log.toString(), 'utf16le') },
  {
    name: 'UTF-16 with its other end first',
    apply: (log) => Buffer.from(log.toString(), 'utf16le').swap16(),
  },
  { name: 'gzip with a tail', apply: (log) => Buffer.concat([gzipSync(log), Buffer.alloc(64)]) },
  text('the caller in every stamp', (log, random) => {
    const caller = `[${random.pick(['    T1', '    C0', ' T1234'])}]`;
    return log.replace(/^(\[ *\d+\.\d{6}\])(?!\[)/gm, (whole: string) => whole + caller);
  }),
  text('the level in every stamp', (log, random) => {
    const level = `<${random.pick(['3', '6', '14'])}>`;
    return log.replace(/^(?=\[ *\d+\.\d{6}\])/gm, level);
  }),
  text(
    'the words of a terminal program in front',
    (log, random) =>
      `${random.pick(["Trying 10.0.0.7...\nConnected to console7.\nEscape character is '^]'.\n", '$ picocom -b 115200 /dev/ttyUSB0\nTerminal ready\n', 'Script started on 2024-01-12 10:00:00+00:00\n'])}${log}`,
  ),
  text(
    'the words of a terminal program behind',
    (log, random) =>
      `${log}${random.pick(['\nConnection closed by foreign host.\n', '\nqemu-system-aarch64: terminating on signal 15 from pid 4711 (timeout)\n', '\nScript done on 2024-01-12 10:00:00+00:00\n', '\nTerminated\n', '\nConnection to console7 closed.\r\nann@desk:~$ '])}`,
  ),
];

/** What programs say that talk about failures and have none. */
const talk = Object.values(
  parse(
    readFileSync(new URL('../../test/logs/near-misses.yaml', import.meta.url), 'utf8'),
  ) as Record<string, string[]>,
)
  .flat()
  .filter((line) => !/^\[|login|# |\$ /.test(line))
  .filter((line) => matchLine(line).length === 0 && matchRecord(line).length === 0);

function text(name: string, change: (log: string, random: Random) => string): Mutation {
  return {
    name,
    apply: (log, random) => Buffer.from(change(log.toString('latin1'), random), 'latin1'),
  };
}

/** A recorder that puts something in front of every line. */
function lines(name: string, prefix: (time: number) => string): Mutation {
  return text(name, (log, random) => {
    let time = Date.UTC(2024, 0, 12, 9, random.below(50), random.below(60));
    return log
      .split('\n')
      .map((line, index, all) => {
        time += random.below(700);
        // A recorder that has seen no byte of a line has written nothing for it.
        return index === all.length - 1 && line === '' ? '' : prefix(time) + line;
      })
      .join('\n');
  });
}

function stamp(time: number, between: string): string {
  return new Date(time).toISOString().replace('T', between).replace('Z', '');
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

function insert(bytes: Buffer, at: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
}
