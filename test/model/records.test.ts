import t from 'tap';
import { firstIssue } from '../../src/model/boot.ts';
import { caseResultSchema } from '../../src/model/result.ts';
import { runReportSchema } from '../../src/model/run.ts';
import { compared, report, result, unavailable, wrongRoot } from '../report/events.ts';

t.test('a report is validated whole', (t) => {
  const whole = report([result('a', 'arm'), wrongRoot('b', 'aarch64'), unavailable('c', 'arm')]);
  t.ok(runReportSchema.safeParse(JSON.parse(JSON.stringify(whole))).success);
  const ofServer = result('web1', 'arm', { server: compared });
  t.strictSame(caseResultSchema.parse(ofServer).server, compared);
  const wrong: Record<string, unknown> = {
    wallSeconds: [-1, 1e308, null, 'long', Infinity],
    generation: [-1, 1.5, 1e21],
    directory: ['../../etc', '/etc', 'arm/../../etc', 'arm/a/..'],
    scenario: ['../a', '\x1b[2J', 'A b'],
    recording: [7, { directory: 'arm/a/../../..', outcome: null, boots: 1 }],
    evidence: [undefined, [null], [{ line: -1, text: 'x', signature: 'y' }]],
    secondOpinion: [{}],
    autopsy: [7],
    price: ['much'],
    entropy: ['much', [{}]],
    verdict: ['great', '__proto__'],
    server: [7, {}, { likeness: [{ how: 'nowhere', what: 'x', detail: '', matters: true }] }],
    reasons: [null, [1]],
  };
  for (const [key, values] of Object.entries(wrong))
    for (const value of values as unknown[]) {
      const { success, error } = caseResultSchema.safeParse({
        ...result('a', 'arm'),
        [key]: value,
      });
      t.notOk(success, `${key}: ${String(value)}`);
      if (!success) t.match(firstIssue(error), new RegExp(`^${key}`));
    }
  t.end();
});
