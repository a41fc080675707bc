import t from 'tap';
import { checkArches, selectCases } from '../../src/candidate/select-cases.ts';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { ownRecipes } from '../../src/image/catalog.ts';
import { expandCases } from '../../src/scenario/expand.ts';
import { candidate } from './candidates.ts';

const cases = expandCases(findScenarios(['all']), {});
const select = (change = {}) => selectCases(cases, candidate(change), ownRecipes);
const names = (kept: ReturnType<typeof select>['cases']) =>
  new Set(kept.map(({ scenario }) => scenario.name));

t.test('those with a whole Debian or no disk are left out by name', (t) => {
  const { cases: kept, leftOut } = select();
  t.ok(names(kept).has('kexec-to-distro'));
  t.ok(names(kept).has('uefi-straight-from-esp'));
  t.ok(names(kept).has('c1-bye'));
  for (const name of ['tutorial', 'systemctl-kexec', 'uefi-nothing-to-boot'])
    t.ok(leftOut.includes(name) && !names(kept).has(name), name);
  t.end();
});

t.test('a candidate for one architecture restricts the cases to it', (t) => {
  const { cases: kept, leftOut } = select({ arches: ['arm'] });
  t.same(new Set(kept.map(({ arch }) => arch)), new Set(['arm']));
  t.notOk(leftOut.includes('vps-no-kexec'), 'what is only for another is no matter of disks');
  t.throws(
    () => {
      checkArches(candidate({ arches: ['arm'] }), ['aarch64']);
    },
    {
      exitCode: 2,
      message: /--arch aarch64: debian:sid is a kernel for arm/,
    },
  );
  checkArches(candidate(), ['aarch64', 'arm']);
  checkArches(candidate({ arches: ['arm'] }), []);
  t.end();
});

t.test('other kexec-tools are not put beside libraries of another suite', (t) => {
  const { cases: kept, leftOut } = select({ tools: { suite: 'sid' } });
  t.ok(names(kept).has('kexec-to-distro'));
  t.ok(leftOut.includes('c1-bye'));
  t.end();
});
