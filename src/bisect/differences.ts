/** How two kernels differ: their configurations, and the changelog of the newer one. */
import type { Bisection } from '../model/bisect.ts';
import { compareVersions } from '../text/versions.ts';

type Result = NonNullable<Bisection['result']>;

/** The options that differ between two kernel configurations, in the order of their names. */
export function configChanges(good: string, bad: string): NonNullable<Result['config']> {
  const [before, after] = [optionsOf(good), optionsOf(bad)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((option) => {
    const [of, to] = [before.get(option) ?? null, after.get(option) ?? null];
    // What the build records about itself differs between any two kernels.
    return of === to || ofBuild.test(option) ? [] : [{ option, good: of, bad: to }];
  });
}

const ofBuild = /^CONFIG_(?:\w+_VERSION(?:_TEXT)?|BUILD_SALT)$/;

function optionsOf(config: string): Map<string, string> {
  return new Map(
    [...config.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** The entries of a Debian changelog that are newer than a version, the newest first (deb-changelog(5)). */
export function changesSince(changelog: string, version: string): Result['changelog'] {
  const entries = changelog.split(/^(?=\S+ \([^)\s]+\) )/m);
  return entries.flatMap((entry) => {
    const [, of] = /^\S+ \(([^)\s]+)\) /.exec(entry) ?? [];
    if (of === undefined || compareVersions(of, version) <= 0) return [];
    const text = entry
      .split('\n')
      .slice(1)
      .join('\n')
      .replace(/^ -- .*$/m, '');
    return [{ version: of, text: text.trim() }];
  });
}
