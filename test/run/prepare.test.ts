import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { prepareImages } from '../../src/run/prepare.ts';
import { expandCases } from '../../src/scenario/select.ts';

t.test('what cannot be built is left to the run that needs it', async (t) => {
  const cache = join(t.testdir(), 'cache');
  process.env['KEXEC_LAB_CACHE'] = cache;
  const cases = expandCases(findScenarios(['tutorial']), { only: [], repeat: 1 });
  const options = { checkpoint: false, mirror: 'file:/nonexistent' };
  await prepareImages(cases, { ...options, signal: new AbortController().signal });
  t.ok(existsSync(join(cache, 'apt')), 'it was tried');
});

t.test('nothing is begun after an interrupt', async (t) => {
  const cache = join(t.testdir(), 'cache');
  process.env['KEXEC_LAB_CACHE'] = cache;
  const cases = expandCases(findScenarios(['tutorial']), { only: [], repeat: 1 });
  await prepareImages(cases, { checkpoint: false, signal: AbortSignal.abort() });
  t.notOk(existsSync(join(cache, 'apt')));
});
