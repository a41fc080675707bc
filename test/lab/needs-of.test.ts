import t from 'tap';
import { needsOf } from '../../src/lab/needs-of.ts';
import { caseOf } from './cases.ts';

t.test('firmware is needed where a machine has one', async (t) => {
  const plain = caseOf();
  t.same([...(await needsOf([plain]))], []);
  t.same([...(await needsOf([plain, caseOf({ setup: { machine: 'uefi-aarch64' } })]))], ['uefi']);
});
