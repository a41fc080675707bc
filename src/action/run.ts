import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { arches } from '../arch.ts';
import { findScenarios } from '../cli/find-scenarios.ts';
import { UsageError, exitCodes } from '../errors.ts';
import { hostFileError } from '../file-error.ts';
import { cacheDirectory, makeDirectory, ownDirectory } from '../host/directories.ts';
import { diskUsage, shortDigest } from '../host/files.ts';
import { imagesKey } from '../image/recipes/plan.ts';
import { pruneCache } from '../image/store/upkeep.ts';
import { guardOf } from '../report/github.ts';
import { fenced } from '../report/markdown.ts';
import { expandCases } from '../scenario/select.ts';
import type { Request } from './inputs.ts';

/** The main step of the Action. Returns the exit code of kexec-lab. */
export async function runRequest(request: Request): Promise<number> {
  const { command, out } = request;
  const summary = process.env['GITHUB_STEP_SUMMARY'] || undefined;
  const { words, report, junit } = commandLineOf(request, summary);
  await makeOut(out);
  // The reporter of `run` guards the log itself, since its annotations are commands.
  const guard = command === 'run' ? null : guardOf(randomBytes(16).toString('hex'));
  if (guard) process.stdout.write(guard.stop);
  const { code, text } = await kexecLab(words, command === 'preflight');
  if (guard) process.stdout.write(guard.resume);
  if (text !== '') writeFileSync(report, text);
  if (text !== '' && summary) appendFileSync(summary, fenced(text.trimEnd().split('\n')));
  setOutputs({
    verdict: verdictOf(code),
    'exit-code': String(code),
    report: existsSync(report) ? report : '',
    junit: junit !== null && existsSync(junit) ? junit : '',
    runs: out,
  });
  return code;
}

/** The verdict on the kernel; empty if the lab could not run or was used wrongly. */
function verdictOf(code: number): 'ROLL' | 'HOLD' | '' {
  if (code === exitCodes.ok) return 'ROLL';
  return code === exitCodes.hold || code === exitCodes.fail ? 'HOLD' : '';
}

/** Runs kexec-lab. Its output goes to the log; with `kept` it is also returned. */
async function kexecLab(words: string[], kept: boolean): Promise<{ code: number; text: string }> {
  const program = join(ownDirectory, 'dist/cli/main.js');
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', kept ? 'pipe' : 'inherit', 'inherit'],
  });
  // The runner signals only the process that it started.
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk);
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, pass);
  return { code: code ?? exitCodes.interrupted, text };
}

async function makeOut(out: string): Promise<void> {
  const hint = 'Choose another directory with the input "out".';
  await makeDirectory(out).catch((cause: unknown) => {
    throw hostFileError(cause, { place: out, doing: 'make this directory', hint });
  });
}

/**
 * Sets outputs of the step.
 * @throws UsageError outside GitHub Actions
 */
export function setOutputs(outputs: Record<string, string>): void {
  const file = process.env['GITHUB_OUTPUT'];
  if (file === undefined || file === '') {
    throw new UsageError('GITHUB_OUTPUT is not set', {
      hint: 'This program is a step of a GitHub Action. Elsewhere, use kexec-lab itself.',
    });
  }
  // Random, so that no value contains it.
  const end = `end-${randomBytes(16).toString('hex')}`;
  const text = Object.entries(outputs).map(
    ([name, value]) => `${name}<<${end}\n${value}\n${end}\n`,
  );
  appendFileSync(file, text.join(''));
}

/** The arguments of a command, and the reports that it writes. */
type CommandLine = {
  words: string[];
  /** The HTML page of the run or comparison, or the text of a preflight, which the Action writes. */
  report: string;
  junit: string | null;
};

/**
 * The command line for a request.
 * @param summary the file of the job summary; undefined if there is none
 */
export function commandLineOf(request: Request, summary: string | undefined): CommandLine {
  const { command, out, what } = request;
  const common = [command, '--with-deps', ...optionWords(request)];
  if (command === 'preflight') {
    return { words: common, report: join(out, 'preflight.txt'), junit: null };
  }
  if (command === 'check') {
    const report = join(out, 'comparison.html');
    const reports = [`--html=${report}`, ...(summary ? [`--markdown=${summary}`] : [])];
    return { words: [...common, `--out=${out}`, ...reports, '--', ...what], report, junit: null };
  }
  const [report, junit] = [join(out, 'report.html'), join(out, 'junit.xml')];
  const reporters = ['github', `junit=${junit}`, `html=${report}`];
  const words = reporters.map((reporter) => `--reporter=${reporter}`);
  return {
    words: [...common, `--out=${out}`, ...words, '--', ...scenariosOf(request)],
    report,
    junit,
  };
}

/** The scenarios of a request. By default `run` boots the quick ones and `check` those labelled check; `preflight` boots nothing. */
function scenariosOf({ command, what }: Request): string[] {
  if (what.length > 0) return what;
  return { run: ['quick'], check: ['check'], preflight: [] }[command];
}

/** `--name=value`, so that a value cannot be mistaken for an option. */
function optionWords({ options }: Request): string[] {
  return Object.entries(options).flatMap(([name, values]) =>
    values.map((value) => `--${name}=${value}`),
  );
}

/** The directory of images, which is kept for the next job. It contains only complete images, however the run ended. */
export const imagesPath = (): string => join(cacheDirectory(), 'images');

/** If images of earlier candidates take more than this, only the lab's own images are kept. Bytes. */
const largestCache = 4e9;

/**
 * The beginning of the cache keys for the images. It changes when a request boots other images.
 * @throws ScenarioError, UsageError and NothingSelectedError as `run` does
 */
export function cacheKeyOf(request: Request): string {
  const { options } = request;
  const words = scenariosOf(request);
  const only = arches.filter((arch) => options.arch?.includes(arch));
  const cases =
    words.length === 0
      ? []
      : expandCases(findScenarios(words, options.scenarios), { only, repeat: 1 });
  const { kernel, initrd, baseline, shard } = options;
  const brought = [kernel, initrd, options['kexec-tools'], options['first-kernel'], baseline];
  const parts = [request.command, imagesKey(cases), ...brought, shard];
  return `kexec-lab-images-${shortDigest(JSON.stringify(parts))}`;
}

/**
 * The cache key for saving the images after a run; null if there are no new ones. It depends on the images in the cache: GitHub
 * never changes the content of a key, and a failed run may have built only some of the images.
 */
export async function saveKeyOf(
  cacheKey: string,
  restoredKey: string,
  largest = largestCache,
): Promise<string | null> {
  const images = imagesPath();
  if ((await diskUsage(images)) > largest) await pruneCache();
  const names = await readdir(images).catch(() => []);
  const key = `${cacheKey}-${shortDigest(names.sort().join('\n'))}`;
  return names.length === 0 || key === restoredKey ? null : key;
}
