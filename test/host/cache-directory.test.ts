import { join } from 'node:path';
import t from 'tap';
import { cacheDirectory } from '../../src/host/directories.ts';

t.test('an empty setting is no setting', (t) => {
  const set = (environment: Record<string, string | undefined>): string => {
    t.intercept(process, 'env', { value: environment, configurable: true });
    return cacheDirectory();
  };
  t.equal(set({ KEXEC_LAB_CACHE: '/mine', XDG_CACHE_HOME: '/xdg' }), '/mine');
  t.equal(set({ KEXEC_LAB_CACHE: '', XDG_CACHE_HOME: '/xdg' }), '/xdg/kexec-lab');
  t.match(set({ XDG_CACHE_HOME: '', HOME: '/home/x' }), join('.cache', 'kexec-lab'));
  t.end();
});
