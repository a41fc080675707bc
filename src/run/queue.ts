import { loadMachineProfile } from '../qemu/machine-spec.ts';
import type { Case } from '../scenario/scenario.ts';

/**
 * Runs `work` over `items`, at most `width` at a time, started in order. Resolves with the results in the items' order.
 * Where one rejects, no further item is started, and the first error is thrown once all that had begun have ended.
 */
export async function pool<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    // All workers draw from one iterator: whoever is free takes the next item.
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}

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
