import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Step = { name?: string; run?: string; env?: Record<string, string> };
type File = { jobs?: Record<string, { steps: Step[] }>; runs?: { steps: Step[] } };

/** The script of a step, and where it stands. */
export type Script = { place: string; run: string };

export const workflows = ['ci', 'kexec-lab', 'release', 'watch'].map(
  (name) => `.github/workflows/${name}.yml`,
);
export const action = 'action.yml';

/** Every `run:` of a workflow or an action. */
export function scriptsOf(file: string): Script[] {
  const { jobs = {}, runs } = parse(readFileSync(file, 'utf8')) as File;
  const groups = [
    ...Object.entries(jobs).map(([name, { steps }]) => [`${file}: ${name}`, steps] as const),
    ...(runs ? [[file, runs.steps] as const] : []),
  ];
  return groups.flatMap(([place, steps]) =>
    steps.flatMap(({ run, name }, at) =>
      run === undefined ? [] : [{ place: `${place}: ${name ?? `step ${at + 1}`}`, run }],
    ),
  );
}

/** The script of the step of this name. */
export function scriptNamed(file: string, name: string): string {
  const found = scriptsOf(file).find(({ place }) => place.endsWith(`: ${name}`));
  if (found === undefined) throw new Error(`${file} has no step "${name}"`);
  return found.run;
}
