/**
 * `npm run coverage [-- TEST FILES…]`: runs the unit tests with tap's coverage, then prints the share of lines that they
 * run, per folder of src/, and the files below 60 %. `.tap/report/lcov.info` holds every line. Commands that tests start
 * from dist/ count by its source maps. Files that no test loads count as 0 %.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { coverageTable, lcovOfSources, linesPerFile, readableMaps } from './coverage/table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const records = join(root, '.tap/coverage');
const report = join(root, '.tap/report/lcov.info');

// Every process of every test leaves a record, and tap reads them all at once.
const env = { NODE_OPTIONS: '--max-old-space-size=8192' };
const options = { cwd: root, preferLocal: true, reject: false, env } as const;

// The test of the test runner runs tap itself, which would delete what was measured before.
const { exitCode = 1 } = await execa(
  process.execPath,
  [
    ...['--import=tsx', 'scripts/run-tests.ts'],
    ...['--no-disable-coverage', '--allow-incomplete-coverage', '--coverage-report=none'],
    ...['--coverage-map=scripts/coverage/map.js'],
    ...['--exclude=test/e2e/**', '--exclude=test/scripts/run-tests.test.ts'],
    ...process.argv.slice(2),
  ],
  { ...options, stdio: 'inherit' },
);

for (const file of readdirSync(records)) {
  const record = join(records, file);
  writeFileSync(record, readableMaps(readFileSync(record, 'utf8')));
}
await execa('tap', ['report', 'lcovonly', '--allow-incomplete-coverage'], options);

const lcov = lcovOfSources(readFileSync(report, 'utf8'), root);
writeFileSync(report, lcov);
console.log(coverageTable(linesPerFile(lcov, root)));
process.exitCode = exitCode;
