import type { Option } from 'commander';
import { Command } from 'commander';
import type * as Zod from 'zod';
import { UsageError } from '../errors.ts';
import { standardOutput } from '../report/reporter.ts';
import { didYouMean } from '../text/nearest.ts';
import { commandsOf, kindOf } from './config.ts';
import { mayBeEmpty } from './options.ts';

/** Defines the command line with all its commands. */
type CreateProgram = () => Promise<Command>;

/** `kexec-lab schema`: lists or prints the JSON Schemas of the files that kexec-lab reads and writes. */
export function schemaCommand(createProgram: CreateProgram): Command {
  return new Command('schema')
    .description('list JSON Schemas, or print one')
    .argument('[name]', 'the schema to print')
    .addHelpText('after', '\nExample:\n  kexec-lab schema scenario > scenario.schema.json')
    .action((name?: string) => print(createProgram, name));
}

/** @throws UsageError for an unknown name */
async function print(createProgram: CreateProgram, name?: string): Promise<void> {
  const output = standardOutput();
  if (name === undefined) {
    for (const { name, about } of schemas) output.write(`${name.padEnd(11)} ${about}\n`);
    return;
  }
  const found = schemas.find((schema) => schema.name === name);
  if (found === undefined) {
    const names = schemas.map((schema) => schema.name);
    throw new UsageError(`unknown schema "${name}"${didYouMean(name, names)}`, {
      hint: `Choose from: ${names.join(', ')}.`,
    });
  }
  output.write(`${JSON.stringify(await found.load(createProgram), null, 2)}\n`);
}

/** A JSON Schema, as `kexec-lab schema` prints it and the package ships it (`kexec-lab/schemas/NAME.json`). */
type NamedSchema = {
  name: string;
  /** The file it describes, and the contents of that file. */
  about: string;
  /** Makes the schema, draft 2020-12. Loads zod, so call it only when the schema is needed. */
  load: (createProgram: CreateProgram) => Promise<object>;
};

/** The schema of every file that kexec-lab writes or reads. For a `.jsonl` file, it describes one line. */
export const schemas: readonly NamedSchema[] = [
  {
    name: 'scenario',
    about: 'a scenario file, for editors',
    load: async () => (await import('../scenario/schema.ts')).scenarioJsonSchema(),
  },
  {
    name: 'config',
    about: 'kexec-lab.config.yaml: defaults for options, for editors',
    load: async (createProgram) => configJsonSchema(await createProgram(), await import('zod')),
  },
  {
    name: 'machine',
    about: 'a machine profile, for editors',
    load: async () => {
      const [{ machineProfileSchema }, z] = await Promise.all([
        import('../qemu/machine-profile.ts'),
        import('zod'),
      ]);
      return {
        title: 'kexec-lab machine',
        ...z.toJSONSchema(machineProfileSchema, { io: 'input' }),
      };
    },
  },
  written('report', 'report.json: a whole run', async () => {
    return (await import('../model/run.ts')).runReportSchema;
  }),
  written('result', 'result.json: one case of a run', async () => {
    return (await import('../model/result.ts')).caseResultSchema;
  }),
  written('event', 'events.jsonl: what happened in a run, one event per line', async () => {
    return (await import('../model/run.ts')).eventSchema;
  }),
  written(
    'signal',
    'signals.jsonl: what was recognised on the console, one signal per line',
    async () => {
      return (await import('../model/boot.ts')).signalLineSchema;
    },
  ),
  written('sample', 'samples.jsonl: CPU samples taken during silences, one per line', async () => {
    return (await import('../model/boot.ts')).sampleLineSchema;
  }),
  written('recording', 'recording.json: what is needed to replay a recorded boot', async () => {
    return (await import('../recording/manifest.ts')).manifestSchema;
  }),
  written('baseline', 'a baseline file, as kexec-lab baseline accept writes it', async () => {
    return (await import('../model/comparison.ts')).baselineSchema;
  }),
  written('comparison', 'kexec-lab check --json and compare --json', async () => {
    return (await import('../model/comparison.ts')).comparisonSchema;
  }),
  written('pairs', 'pairs.json: which kernel comes up after which', async () => {
    return (await import('../model/pairs.ts')).pairsSchema;
  }),
  written('history', 'the history of kexec-lab watch', async () => {
    return (await import('../model/history.ts')).historySchema;
  }),
  written('watch', 'kexec-lab watch --json', async () => {
    return (await import('../model/history.ts')).watchSchema;
  }),
  written('bisect', 'kexec-lab bisect --json', async () => {
    return (await import('../model/bisect.ts')).bisectSchema;
  }),
  written(
    'diagnosis',
    'kexec-lab diagnose --json: an object for one log, an array for several',
    async () => {
      const { diagnosisSchema } = await import('../model/boot.ts');
      return diagnosisSchema.or(diagnosisSchema.array().min(2));
    },
  ),
  written('list', 'kexec-lab list --json', async () => {
    return (await import('../scenario/scenario.ts')).listSchema;
  }),
  written('matrix', 'kexec-lab matrix --json', async () => {
    return (await import('../model/listing.ts')).matrixSchema;
  }),
  written('images', 'kexec-lab images --json', async () => {
    return (await import('../model/listing.ts')).imagesSchema;
  }),
  written('verify', 'kexec-lab images verify --json', async () => {
    return (await import('../model/listing.ts')).verifySchema;
  }),
  written('preflight', 'kexec-lab preflight --json', async () => {
    return (await import('../model/examination.ts')).preflightSchema;
  }),
  written('server', 'server.json in a server file, as kexec-lab capture writes it', async () => {
    return (await import('../model/server.ts')).serverManifestSchema;
  }),
  written('server-show', 'kexec-lab server show --json', async () => {
    return (await import('../model/server.ts')).serverDocumentSchema;
  }),
  written('doctor', 'kexec-lab doctor --json', async () => {
    return (await import('../model/examination.ts')).doctorSchema;
  }),
  written('autopsy', 'kexec-lab autopsy --json', async () => {
    return (await import('../model/examination.ts')).autopsySchema;
  }),
  written('rewind', 'kexec-lab rewind --json', async () => {
    return (await import('../recording/rewind.ts')).rewindSchema;
  }),
  written('image', 'manifest.json of an image in the cache', async () => {
    return (await import('../model/listing.ts')).manifestSchema;
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

/** The JSON Schema of a configuration file. It follows from the options of the commands, as the file's checks do. */
function configJsonSchema(program: Command, z: typeof Zod): object {
  const ofOption = (option: Option): Zod.ZodType => {
    const text = mayBeEmpty.has(option) ? z.string() : z.string().min(1);
    const value = z.union([text, z.number()]);
    const list = z.union([text, z.number(), z.array(value)]);
    return { flag: z.boolean(), value, list }[kindOf(option)].describe(option.description);
  };
  const optionsOf = (command: Command) =>
    command.options.flatMap((option) =>
      option.long == null ? [] : [[option.long.slice('--'.length), ofOption(option)] as const],
    );
  const ofGroup = (group: Command): Zod.ZodType =>
    z
      .strictObject(
        Object.fromEntries(
          group.commands.length > 0
            ? commandsOf(group).map((each) => [
                each.name(),
                ofGroup(each).describe(each.summary() || each.description()),
              ])
            : optionsOf(group),
        ),
      )
      .partial()
      .nullable();
  const about = 'Defaults for the options of kexec-lab, by command.';
  return { title: 'kexec-lab config', description: about, ...z.toJSONSchema(ofGroup(program)) };
}
