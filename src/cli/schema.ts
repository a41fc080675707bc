import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { schemas } from './json-schemas.ts';
import { standardOutput } from '../report/terminal.ts';
import { didYouMean } from '../text/nearest.ts';

/** `kexec-lab schema`: the JSON Schemas of the files the lab reads and writes. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('list JSON Schemas, or print one')
    .argument('[name]', 'the schema to print')
    .addHelpText('after', '\nExample:\n  kexec-lab schema scenario > scenario.schema.json')
    .action(print);
}

/** @throws UsageError for a name that is not one of them */
async function print(name?: string): Promise<void> {
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
  output.write(`${JSON.stringify(await found.load(), null, 2)}\n`);
}
