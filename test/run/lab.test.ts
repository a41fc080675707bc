import t from 'tap';
import type { RememberingLab } from '../../src/run/lab.ts';
import { describeEnvironment } from '../../src/run/lab.ts';
import { caseOf, fakeLab } from './cases.ts';

t.test('an image of each architecture has its own key in the report', async (t) => {
  const lab = fakeLab(t, {});
  const set = await lab.images({ ...caseOf().setup, arch: 'arm' });
  const remembering: RememberingLab = {
    ...lab,
    used: () =>
      Promise.resolve({
        images: [
          { arch: 'aarch64', set: { ...set, keys: { 'mini-disk': 'a64' } } },
          { arch: 'arm', set: { ...set, keys: { 'mini-disk': 'a32' } } },
        ],
        qemus: [],
      }),
  };
  const { images } = await describeEnvironment(remembering);
  t.same(images, { 'aarch64/mini-disk': 'a64', 'arm/mini-disk': 'a32' });
});
