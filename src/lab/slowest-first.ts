import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * Cases in the order they are to start in: what takes long comes first, so that no core is alone with it at the end.
 * A machine on the host's clock cannot skip what it waits for and takes longest; then counts what the scenario allows;
 * with the same limits, a 32-bit machine takes about twice as long as a 64-bit one.
 * @throws ScenarioError for a machine profile that cannot be read
 */
export function slowestFirst(cases: readonly Case[]): Case[] {
  const machines = [...new Set(cases.map(({ setup }) => setup.machine))];
  const profiles = machines.map((name) => loadMachineProfile(name));
  const onHostClock = new Set(
    profiles.filter(({ clock }) => clock === 'host').map(({ name }) => name),
  );
  const weights = ({ arch, limits, setup }: Case): [number, number, number] => [
    Number(onHostClock.has(setup.machine)),
    limits.total,
    Number(arch === 'arm'),
  ];
  return cases.toSorted((a, b) => {
    const [ofA, ofB] = [weights(a), weights(b)];
    return ofB.map((weight, index) => weight - (ofA[index] ?? 0)).find(Boolean) ?? 0;
  });
}
