import { relative } from 'node:path';
import { exitCodes, KexecLabError } from '../errors.ts';
import { annotationCommand } from '../report/github.ts';
import { printableLines, withoutCommands } from '../report/printable.ts';
import { readInputs } from './inputs.ts';
import { cacheKeyOf, imagesPath, saveKeyOf, runRequest, setOutputs } from './run.ts';

/** The steps of action.yml, in their order. Each returns its exit code. */
const steps: Record<string, () => Promise<number>> = {
  /** Reads the inputs, so that mistakes are reported first, and sets the outputs for the cache of images. */
  plan() {
    const request = readInputs(variable('INPUTS'));
    setOutputs({ images: imagesPath(), 'cache-key': cacheKeyOf(request) });
    return Promise.resolve(exitCodes.ok);
  },

  run() {
    return runRequest(readInputs(variable('INPUTS')));
  },

  /** Sets the key for saving images that GitHub's cache does not have yet. */
  async keep() {
    const key = await saveKeyOf(variable('CACHE_KEY'), variable('RESTORED_KEY'));
    setOutputs({ 'save-key': key ?? '' });
    return exitCodes.ok;
  },
};

function variable(name: string): string {
  return process.env[name] ?? '';
}

/** Writes an annotation, at the line of the first problem if there is one, and the message to the log. */
function tell(error: KexecLabError): number {
  const message = error.describe();
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?: /.exec(message) ?? [];
  const place =
    file === undefined ? null : { file: relative(process.cwd(), file), line: Number(line) };
  const annotation = annotationCommand({ kind: 'error', title: 'kexec-lab', ...place, message });
  process.stdout.write(`${annotation}\n`);
  process.stderr.write(`${withoutCommands(printableLines(message))}\n`);
  return error.exitCode;
}

const [name = ''] = process.argv.slice(2);
const step = steps[name];
if (step === undefined) throw new Error(`unknown step "${name}"`);
try {
  process.exitCode = await step();
} catch (error) {
  if (!(error instanceof KexecLabError)) throw error;
  process.exitCode = tell(error);
}
