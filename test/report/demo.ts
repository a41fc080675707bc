/** The list reporter with a scripted run, to look at: `npx tsx test/report/demo.ts`. Resize the terminal, press Ctrl-C. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arch } from '../../src/arch.ts';
import type { LabEvent } from '../../src/model/run.ts';
import { createReporter } from '../../src/report/reporters.ts';
import {
  caseFinished,
  caseStarted,
  options,
  reference,
  result,
  runFinished,
  started,
  unavailable,
  wrongRoot,
} from './events.ts';

const results = [
  result('kexec-to-distro', 'aarch64'),
  wrongRoot('root-is-the-whole-disk', 'aarch64'),
  result('kexec-to-distro', 'arm'),
  unavailable('arm-initrd-overwritten', 'arm'),
];
const reporter = createReporter([], options);
const tell = async (milliseconds: number, event: LabEvent) => {
  reporter.onEvent(event);
  await sleep(milliseconds);
};
const image = (arch: Arch, done: number): LabEvent => ({
  at: 0,
  type: 'images-progress',
  progress: { recipe: 'mini-disk', arch, step: 'downloading packages', done, total: 40 },
});

await tell(0, started(results));
for (let done = 0; done <= 40; done += 4) await tell(150, image('aarch64', done));
for (const [index, each] of results.entries()) {
  const next = results[index + 1];
  await tell(300, caseStarted(each));
  if (next !== undefined && index === 0) await tell(300, caseStarted(next));
  for (const stage of ['kernel', 'initramfs', 'kexec', 'kernel', 'userspace'] as const) {
    const place = { case: reference(each.scenario, each.arch), generation: 1, stage };
    await tell(400, { at: 0, type: 'case-stage', ...place });
  }
  await tell(200, caseFinished(each));
}
await tell(0, runFinished(results));
await reporter.close();
