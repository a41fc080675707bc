import { Option } from 'commander';
import { reporterNames } from '../report/create-reporter.ts';
import { collect } from './parse-option.ts';

/** `--reporter`, as every command has it. */
export function reporterOption(): Option {
  const names = reporterNames.join(', ');
  return new Option(
    '--reporter <name[=file]>',
    `${names}; to standard output or a file (repeatable)`,
  )
    .argParser(collect(String))
    .default([], 'list on a terminal, else plain');
}
