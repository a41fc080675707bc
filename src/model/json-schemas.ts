import type * as Zod from 'zod';

/** A JSON Schema that `kexec-lab schema` prints and the package ships as `kexec-lab/schemas/NAME.json`. */
export type NamedSchema = {
  name: string;
  /** The file it describes, and what that is. */
  about: string;
  /** The schema, draft 2020-12. Loaded when it is wanted. */
  load: () => Promise<object>;
};

/** Every file the lab writes, and those it reads. One per file name; a `.jsonl` file has one such object per line. */
export const schemas: readonly NamedSchema[] = [
  {
    name: 'scenario',
    about: 'a scenario file, for editors',
    load: async () => (await import('../scenario/schema.ts')).scenarioJsonSchema(),
  },
  written('report', 'report.json: a whole run', async () => {
    return (await import('./run.ts')).runReportSchema;
  }),
  written('result', 'result.json: one case of a run', async () => {
    return (await import('./result.ts')).caseResultSchema;
  }),
  written('event', 'events.jsonl: what happened in a run, a line each', async () => {
    return (await import('./run.ts')).eventSchema;
  }),
  written('signal', 'signals.jsonl: what was recognised on the console, a line each', async () => {
    return (await import('./boot.ts')).signalLineSchema;
  }),
  written('sample', 'samples.jsonl: looks at silent CPUs, a line each', async () => {
    return (await import('./boot.ts')).sampleLineSchema;
  }),
  written('recording', 'recording.json: what a recorded boot is played from', async () => {
    return (await import('../recording/manifest.ts')).manifestSchema;
  }),
  written('baseline', 'a baseline file, of kexec-lab baseline accept', async () => {
    return (await import('../compare/record.ts')).recordSchema;
  }),
  written('comparison', 'kexec-lab check --json and compare --json', async () => {
    return (await import('./comparison.ts')).comparisonSchema;
  }),
  written('diagnosis', 'kexec-lab diagnose --json', async () => {
    return (await import('./boot.ts')).diagnosisSchema;
  }),
  written('preflight', 'kexec-lab preflight --json', async () => {
    return (await import('./preflight.ts')).preflightSchema;
  }),
  written('image', 'manifest.json of an image in the cache', async () => {
    return (await import('../image/store/entry.ts')).manifestSchema;
  }),
  written('checkpoint', 'manifest.json of a checkpoint in the cache', async () => {
    return (await import('../checkpoint/store.ts')).manifestSchema;
  }),
];

function written(name: string, about: string, schema: () => Promise<Zod.ZodType>): NamedSchema {
  return {
    name,
    about,
    load: async () => {
      const z = await import('zod');
      return { title: `kexec-lab ${name}`, description: about, ...z.toJSONSchema(await schema()) };
    },
  };
}
