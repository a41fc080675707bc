import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';

/**
 * Runs tap with the arguments given. Its report redraws itself; where nobody watches (a pipe, a file, a CI job) it is
 * written once and plain, the failures as they come.
 */
const watched = process.stdout.isTTY as boolean | undefined;
const output: 'inherit' | [typeof withoutEscapes, 'inherit'] = watched
  ? 'inherit'
  : [withoutEscapes, 'inherit'];
const { exitCode = 1 } = await execa('tap', ['run', '--reporter=terse', ...process.argv.slice(2)], {
  preferLocal: true,
  reject: false,
  stdin: 'inherit',
  stdout: output,
  stderr: output,
  env: watched ? {} : { CI: 'true', NO_COLOR: '1' },
});
process.exitCode = exitCode;

function* withoutEscapes(line: unknown): Generator<string> {
  yield stripVTControlCharacters(String(line));
}
