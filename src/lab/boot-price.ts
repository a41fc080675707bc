import type { BootPrice, StageTime } from '../model/result.ts';

/** Adds the stages up; null where only one kernel ran, or none. */
export function bootPrice(stages: readonly StageTime[]): BootPrice | null {
  const last = Math.max(0, ...stages.map(({ generation }) => generation));
  if (last < 2) return null;
  const sum = (wanted: (generation: number) => boolean): number => {
    const seconds = stages.filter(({ generation }) => wanted(generation)).map((s) => s.hostSeconds);
    return Math.round(1000 * seconds.reduce((total, each) => total + each, 0)) / 1000;
  };
  return {
    beforeHandover: sum((generation) => generation < last),
    afterHandover: sum((generation) => generation === last),
  };
}
