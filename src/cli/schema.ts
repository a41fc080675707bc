import { Command } from 'commander';
import { scenarioJsonSchema } from '../scenario/schema.ts';

/** `kexec-lab schema`: the JSON Schema of scenario files, for editors. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of scenario files, for editors')
    .addHelpText('after', '\nExample:\n  kexec-lab schema > scenario.schema.json')
    .action(() => {
      process.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
    });
}
