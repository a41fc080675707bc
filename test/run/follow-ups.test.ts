import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { madeToTalk, secondOpinion } from '../../src/run/retries.ts';
import { runCase } from '../../src/run/run-case.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { caseOf, fakeLab, goodBootUntil } from './cases.ts';

const never = new AbortController().signal;
const tags = { KEXEC_KERNEL: '/vmlinuz', KEXEC_LAB_APPEND: 'loglevel=0' };

t.test('what makes a kernel talk comes before what silences it', (t) => {
  t.match(madeToTalk(caseOf({ setup: { tags } })).setup.tags, {
    KEXEC_KERNEL: '/vmlinuz',
    KEXEC_LAB_FLAGS: '-d',
    KEXEC_LAB_APPEND: 'earlycon,keep_bootcon,ignore_loglevel,loglevel=0',
  });
  t.end();
});

t.test('a failure in silence is booted again; anything else is not', async (t) => {
  const directory = temporaryDirectory(t);
  const lab = fakeLab(t, { text: goodBootUntil('Bye!'), pcs: ['40210004'] });
  const place = { directory, relative: 'aarch64/case' };
  const case_ = caseOf({ setup: { tags } });
  const failed = await runCase(case_, lab, place, [], never);
  t.match(failed, { verdict: 'fail', outcome: 'bye-hang' });

  const opinion = await secondOpinion(case_, failed, lab, place, never);
  t.match(opinion, { outcome: 'bye-hang', generation: 1, directory: 'aarch64/case/explained' });
  t.match(readFileSync(join(directory, 'explained/console.log'), 'utf8'), 'Bye!');
  const told = readFileSync(join(directory, 'explained/tags.img'), 'utf8');
  t.match(told, 'KEXEC_LAB_APPEND=earlycon,keep_bootcon,ignore_loglevel,loglevel=0');

  const typed = caseOf({ setup: { tags: {} } });
  t.equal(await secondOpinion(typed, failed, lab, place, never), null, 'not the lab’s kexec');
  for (const other of [
    { ...failed, verdict: 'pass' as const },
    { ...failed, outcome: 'root-mount-failed' as const },
    { ...failed, outcome: 'unknown' as const, stage: 'initramfs' as const },
  ]) {
    t.equal(await secondOpinion(case_, other, lab, place, never), null, other.outcome ?? '');
  }
  const aborted = AbortSignal.abort('SIGINT');
  t.equal(await secondOpinion(case_, failed, lab, place, aborted), null, 'stopped');
});
