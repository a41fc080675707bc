import t from 'tap';
import { recordText } from '../../../src/compare/record.ts';
import { sidesOf } from '../../../src/compare/side.ts';
import type { CaseResult } from '../../../src/model/result.ts';
import { doubted, hang, panic, three, took, untold } from '../../compare/results.ts';
import { writeFiles } from '../../scenario/files.ts';
import { snapshots } from './transcript.ts';

t.setTimeout(1_200_000);

function baseline(results: CaseResult[]): string {
  const scenarios = Object.fromEntries(sidesOf(results));
  const common = { schema: 'kexec-lab/baseline@1', qemu: {}, images: {}, releases: {} } as const;
  return recordText({ ...common, scenarios });
}

const files = {
  'good.json': baseline(three({})),
  'slow.json': baseline(three(took(50))),
  'fast.json': baseline(three(took(5))),
  'once.json': baseline(three(took(5)).slice(0, 1)),
  'hang.json': baseline(three(hang)),
  'panic.json': baseline(three(panic)),
  'mixed.json': baseline(three({}, panic, {})),
  'doubted.json': baseline(three(doubted)),
  'untold.json': baseline(three(untold)),
  'text.json': 'hello',
  'other.json': '{"schema":"kexec-lab/baseline@9"}',
  'empty/x': '',
};

t.test('compare', async (t) => {
  const directory = writeFiles(t, files);
  const say = snapshots(t, { directory });
  await say('compare good.json good.json');
  for (const name of ['hang', 'panic', 'mixed', 'doubted', 'untold'])
    await say(`compare good.json ${name}.json`);
  await say('compare hang.json good.json');
  await say('compare hang.json panic.json');
  await say('compare once.json once.json');
  await say('compare fast.json slow.json --fail-on costlier');
  await say('compare good.json');
  await say('compare good.json missing.json');
  await say('compare good.json text.json');
  await say('compare good.json other.json');
  await say('compare good.json empty');
  await say('compare good.json hang.json --fail-on worse');
  await say('compare good.json hang.json --html same --markdown same');
  await say('compare good.json hang.json --html no/such/page.html');
});

t.test('baseline', async (t) => {
  const directory = writeFiles(t, files);
  const say = snapshots(t, { directory });
  await say('baseline accept good.json --out accepted.json');
  await say('baseline accept untold.json --out accepted.json');
  await say('baseline accept untold.json --out allowed.json --allow-untold');
  await say('baseline accept missing.json --out accepted.json');
  await say('baseline accept good.json --out no/such/file.json');
  await say('baseline acept good.json');
});
