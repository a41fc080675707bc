import t from 'tap';
import { namesOf } from '../../src/cli/images-build.ts';
import { ownRecipes } from '../../src/image/recipes/recipe.ts';
import { writeFiles } from '../scenario/files.ts';

t.test('a scenario stands for the images that it boots', async (t) => {
  const names = (...words: string[]) => namesOf(words, ownRecipes);
  t.same(await names(), []);
  t.same(await names('mini-disk', 'tutoriall'), ['mini-disk', 'tutoriall']);
  const tutorial = ['provider-kernel', 'provider-initramfs', 'debian-disk-boot-sh'];
  t.same(await names('tutorial'), tutorial);
  t.same(await names('mini-disk', 'tutorial', 'mini-disk'), ['mini-disk', ...tutorial]);
  const directory = writeFiles(t, {
    'mine.yaml': JSON.stringify({
      ...{ title: 'a', story: 'b', arch: ['arm'], expect: { outcome: 'booted' } },
      boot: { disk: 'debian-disk', initramfs: { file: 'own.img' } },
    }),
    'own.img': '',
  });
  t.same(await names(`${directory}/mine.yaml`), ['provider-kernel', 'debian-disk']);
});
