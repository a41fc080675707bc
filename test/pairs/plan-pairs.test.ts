import t from 'tap';
import { NothingSelectedError, UsageError } from '../../src/errors.ts';
import type { Archive } from '../../src/pairs/plan-pairs.ts';
import { fromKernels, planPairs } from '../../src/pairs/plan-pairs.ts';
import { candidate } from '../candidate/candidates.ts';
import { caseOf } from '../run/cases.ts';

const archive: Archive = {
  list: () => Promise.resolve([]),
  read: ({ kernel, firstKernel }) =>
    Promise.resolve(
      candidate({ arches: `${kernel} ${firstKernel}`.includes('armmp') ? ['arm'] : ['aarch64'] }),
    ),
};

const bases = [caseOf()];

t.test('each kexec-tools has a table', async (t) => {
  const words = { from: ['debian:bookworm'], to: ['debian:bookworm,debian:sid'] };
  const kexecTools = ['debian:bookworm', 'debian:sid'];
  const pairs = await planPairs(bases, words, { kexecTools }, archive);
  t.equal(pairs.length, 4);
  t.same(
    [...new Set(pairs.map(({ table }) => table))].map((table) => table.kexecTools),
    kexecTools,
  );
  t.equal(new Set(pairs.map((pair) => pair.case.id)).size, 4, 'their cases are told apart');
});

t.test('a side without a kernel for the machine', async (t) => {
  const words = { from: ['debian:sid/linux-image-armmp'], to: ['debian:sid'] };
  await t.rejects(planPairs(bases, words, { kexecTools: [] }, archive), NothingSelectedError);
  await t.rejects(fromKernels(bases, words.from, archive), NothingSelectedError);
});

t.test('a first kernel must be from the archive', async (t) => {
  await t.rejects(fromKernels(bases, ['./linux.deb'], archive), UsageError);
});

t.test('a case that firmware starts has no first kernel to replace', async (t) => {
  const own = caseOf({ setup: { kernel: null } });
  const found = await fromKernels([own, ...bases], ['debian:sid'], archive);
  t.same(
    found.map(({ id }) => id),
    ['aarch64/a-scenario-from-sid'],
  );
});
