/**
 * `npm run results`: boots the kernels of Debian's archive that docs/history.json does not have, and makes docs/results.md. On
 * 32-bit arm with and without the option that helps. The pages are in watch/. Ends with the highest exit code of `kexec-lab watch`.
 */
import { execa } from 'execa';
import { usualTo } from '../src/watch/plan-watch.ts';

const kernels = ['debian:bullseye', ...usualTo].flatMap((kernel) => ['--to', kernel]);
const codes: number[] = [];
for (const setup of [['aarch64'], ['arm'], ['arm', '--cure']]) {
  const out = ['--out', `watch/${setup.join('')}`];
  const options = ['--history', 'docs/history.json', '--arch', ...setup, ...out, ...kernels];
  const watch = await execa(process.execPath, ['dist/cli/main.js', 'watch', ...options], {
    ...{ stdio: 'inherit', reject: false },
  });
  codes.push(watch.exitCode ?? 1);
}
await execa('npm', ['run', '-s', 'docs'], { stdio: 'inherit' });
process.exitCode = Math.max(...codes);
