import { stat } from 'node:fs/promises';
import type { Arch } from '../arch.ts';
import { architectures } from '../arch.ts';
import { UsageError } from '../errors.ts';
import { cacheDirectory } from '../host/cache-directory.ts';
import type { ToolsSource } from '../image/recipes/recipe.ts';
import { keepFile } from '../image/store/kept-files.ts';
import { archOfProgram, isArchive, mustBeFile, startOf } from './candidate-file.ts';
import type { Candidate } from './candidate.ts';
import { distroKernel } from './candidate.ts';
import type { CandidateWords } from './parse-candidate.ts';
import { parseFirstKernel, parseKernel, parseTools } from './parse-candidate.ts';
import { readToolsDeb } from './read-debs.ts';
import type { ReadOptions } from './read-kernel.ts';
import { readDebian, readKernel } from './read-kernel.ts';

/**
 * Creates a candidate from the user's options: checks every file, copies it into the cache and determines the
 * architectures. Without `--kernel` the kernel is the distribution's. Throws UsageError for options or files that cannot be
 * used, UnavailableError if something cannot be downloaded.
 */
export async function readCandidate(
  words: CandidateWords,
  options: ReadOptions = {},
): Promise<Candidate> {
  const parsed = words.kernel === undefined ? null : parseKernel(words.kernel);
  const parsedTools = words.kexecTools === undefined ? null : parseTools(words.kexecTools);
  const cache = cacheDirectory(options.cacheDir);
  const first = words.firstKernel === undefined ? null : parseFirstKernel(words.firstKernel);
  const kernel = await readKernel(parsed, cache, words, options);
  const firstKernel = first === null ? null : await readDebian(first, cache, options);
  const initrd = words.initrd ?? kernel.initrd;
  if (initrd !== null) mustBeFile('--initrd', initrd);
  const tools = await readTools(parsedTools, cache, kernel.arches, options);
  const initrdBytes = initrd === null ? 0 : (await stat(initrd)).size;
  return {
    kernel: kernel.source,
    initrd: initrd === null ? null : await keepFile(cache, initrd),
    tools,
    firstKernel: firstKernel?.source ?? null,
    arches: kernel.arches.filter((arch) => firstKernel?.arches.includes(arch) ?? true),
    extraMiB: Math.ceil(initrdBytes / 2 ** 20) + kernel.extraMiB,
    label: {
      kernel: words.kernel ?? distroKernel,
      initrd,
      kexecTools: words.kexecTools ?? null,
      firstKernel: words.firstKernel ?? null,
    },
  };
}

async function readTools(
  word: ReturnType<typeof parseTools> | null,
  cache: string,
  kernelArches: readonly Arch[],
  { signal }: ReadOptions,
): Promise<ToolsSource | null> {
  if (word === null) return null;
  if (word.kind === 'debian') return { suite: word.suite };
  const { file } = word;
  mustBeFile('--kexec-tools', file);
  const deb = isArchive(file);
  const arch = deb ? await readToolsDeb(file, signal) : archOfProgram(startOf(file), file);
  if (kernelArches.length !== 1 || kernelArches[0] !== arch)
    throw new UsageError(
      `--kexec-tools ${file} is for ${arch} (${architectures[arch].debian}), but the kernel is for ${kernelArches.join(' and ')}`,
      {
        hint: 'Choose a kernel for the same architecture, or choose kexec-tools by suite: debian:SUITE.',
      },
    );
  const sha256 = await keepFile(cache, file);
  return deb ? { deb: sha256 } : { program: sha256 };
}
