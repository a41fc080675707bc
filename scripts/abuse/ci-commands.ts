import { join } from 'node:path';
import type { AbuseCase, AbuseKind } from './abuse-case.ts';
import { image } from './archives.ts';
import { write } from './files.ts';

const commands = {
  azure: '##vso[task.setvariable variable=secret]pwned',
  'azure, in capitals': '##VSO[task.complete result=Succeeded]',
  teamcity: "##teamcity[buildStatus status='SUCCESS']",
  github: '::error file=x::pwned',
  'github, the old way': '##[add-path]/tmp',
  'github, indented': '   ::set-output name=x::y',
  escape: '\x1b[2J\x1b]0;pwned\x07',
  gitlab: 'section_start:1560896352:my_section[collapsed=true]\r\x1b[0Kheader',
};

/** Text that a CI system would obey, wherever a file can put it. */
export const ciCommands: AbuseKind = {
  name: 'commands',
  make({ directory }) {
    const initrd = write(directory, 'initrd', Buffer.from('070701'));
    return Object.entries(commands).flatMap(([name, text], index): AbuseCase[] => {
      const log = write(
        directory,
        `log-${index}`,
        `[    0.000000] Linux version 6.1.0 (a@b) #1\nKernel panic - not syncing: ${text}\n${text}\n`,
      );
      const start = write(
        directory,
        `start-${index}`,
        `${text} Kernel panic - not syncing: x\nVFS: Cannot open root device "${text}"\n`,
      );
      const named = write(directory, text.replaceAll('/', '_'), image());
      const yaml = write(
        directory,
        `s${index}.yaml`,
        `title: ${JSON.stringify(text)}\nstory: ${JSON.stringify(`\n${text}\n`)}\narch: [aarch64]\nexpect: { outcome: booted }\n`,
      );
      const wrong = write(directory, `w${index}.yaml`, `${JSON.stringify(`\n${text}`)}: 1\n`);
      return [
        { name: `diagnose: ${name}`, words: ['diagnose', log], codes: [0] },
        { name: `diagnose --signals: ${name}`, words: ['diagnose', log, '--signals'], codes: [0] },
        { name: `diagnose --json: ${name}`, words: ['diagnose', log, '--json'], codes: [0] },
        {
          name: `diagnose, at the start of a line: ${name}`,
          words: ['diagnose', start, '--signals'],
          codes: [0],
        },
        { name: `a file's name: ${name}`, words: ['diagnose', named], codes: [0, 2] },
        {
          name: `a file that is not there: ${name}`,
          words: ['diagnose', join(directory, 'gone', text)],
          codes: [2],
        },
        {
          name: `a kernel's name: ${name}`,
          words: ['preflight', '--kernel', named, '--initrd', initrd],
          codes: [0, 2, 7],
        },
        { name: `show: ${name}`, words: ['show', yaml], codes: [0, 2] },
        { name: `list: ${name}`, words: ['list', yaml], codes: [0, 2] },
        { name: `a key: ${name}`, words: ['show', wrong], codes: [2] },
        { name: `a scenario's name: ${name}`, words: ['run', `${text}.yaml`], codes: [2, 4] },
        { name: `a word: ${name}`, words: ['run', text], codes: [2, 4] },
        { name: `a reporter: ${name}`, words: ['run', 'quick', '--reporter', text], codes: [2] },
        { name: `an option: ${name}`, words: ['run', `--${text}`], codes: [2] },
        { name: `a command: ${name}`, words: [text], codes: [2] },
      ];
    });
  },
};
