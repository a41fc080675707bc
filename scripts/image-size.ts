/**
 * `npm run image-size [-- SUITE…]`: for every 32-bit kernel of these suites, boots with kexec's --image-size as preflight
 * advises it, and on both sides of the smallest value that can work. Adds to docs/image-size.json after each kernel. Those
 * that it has are not booted again. Takes about a minute for each kernel, and downloads it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { format, resolveConfig } from 'prettier';
import { archiveKernels, kernelSuites } from '../src/candidate/archive-kernels.ts';
import { page, reserved } from '../src/memory/zimage-memory.ts';
import { preflightSchema } from '../src/model/examination.ts';
import { runReportSchema } from '../src/model/run.ts';
import { readImageSizes } from './image-size-page.ts';

const suites = process.argv.length > 2 ? process.argv.slice(2) : kernelSuites;

/**
 * What the xz decompressor of Linux allocates from the heap and writes: its state with the probabilities of LZMA
 * (include/linux/xz.h, lib/xz/xz_dec_lzma2.c), summed up for 32-bit arm. Bytes, give or take 64.
 */
const usedByXz = 0x7400;
const heap = 0x10000;
/** The start of RAM. */
const ram = 0x4000_0000;

const file = 'docs/image-size.json';
const sizes = readImageSizes(file);
const onLeftOut = (suite: string, why: string) => process.stderr.write(`${suite}: ${why}\n`);
for (const { suite, name, version } of await archiveKernels('arm', suites, { onLeftOut })) {
  if (sizes.kernels.some((known) => known.name === name && known.version === version)) continue;
  await measure(suite, name, version);
  sizes.date = new Date().toISOString().slice(0, 10);
  const style = { ...(await resolveConfig(file)), filepath: file };
  writeFileSync(file, await format(JSON.stringify(sizes), style));
}

await execa('npm', ['run', '-s', 'docs'], { stdio: 'inherit' });

async function measure(suite: string, name: string, version: string): Promise<void> {
  const kernel = `debian:${suite}/${name}`;
  const examined = await kexecLab('preflight', '--kernel', kernel, '--arch', 'arm', '--json');
  const [found] = preflightSchema.parse(JSON.parse(examined)).found;
  const advice = found?.findings.find(({ id }) => id === 'text-offset')?.advice ?? '';
  const advised = Number(/--image-size=(\d+)/.exec(advice)?.[1]);
  const moved = found?.memory?.regions.find((region) => region.name === 'moved zImage');
  if (!Number.isInteger(advised) || moved === undefined) throw new Error(`${kernel}: ${examined}`);
  const least = reserved(moved.end - ram - heap + usedByXz);
  const tried = [advised, least, least - page];
  const outcomes = await boot(kernel, tried);
  const [atAdvised = '', atLeast = '', below = ''] = outcomes;
  const row = { name, version, advised, least, atAdvised, atLeast, below };
  process.stderr.write(`${JSON.stringify(row)}\n`);
  sizes.kernels.push(row);
}

/** The outcome of a boot with each value. */
async function boot(kernel: string, values: readonly number[]): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-image-size-'));
  try {
    const files = values.map((value, index) => {
      const scenario = join(directory, `value-${index}.yaml`);
      writeFileSync(scenario, scenarioWith(value));
      return scenario;
    });
    const out = join(directory, 'runs');
    process.stderr.write(await kexecLab('run', ...files, '--kernel', kernel, '--out', out));
    const [run = ''] = readdirSync(out).filter((entry) => entry !== 'latest');
    const { results, environment } = runReportSchema.parse(
      JSON.parse(readFileSync(join(out, run, 'report.json'), 'utf8')),
    );
    sizes.qemu = Object.values(environment.qemu)
      .map((qemu) => qemu.version)
      .join(', ');
    return values.map(
      (_, index) =>
        results.find(({ scenario }) => scenario === `value-${index}`)?.outcome ?? 'not tried',
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function scenarioWith(imageSize: number): string {
  return JSON.stringify({
    title: `kexec --image-size=${imageSize}`,
    story: 'One side of the boundary.',
    arch: ['arm'],
    boot: {
      tags: {
        KEXEC_KERNEL: '/vmlinuz',
        KEXEC_INITRD: '/initrd.img',
        KEXEC_APPEND: 'root=/dev/vda1',
        KEXEC_LAB_FLAGS: `--no-checks,--image-size=${imageSize}`,
      },
    },
    expect: { outcome: 'booted' },
  });
}

/** Runs kexec-lab. A boot that fails is a result. */
async function kexecLab(...words: string[]): Promise<string> {
  const command = ['dist/cli/main.js', ...words];
  const options = { reject: false, stderr: 'inherit' } as const;
  const { exitCode, stdout } = await execa(process.execPath, command, options);
  if (![0, 1].includes(exitCode ?? -1))
    throw new Error(`kexec-lab ${words.join(' ')} ended with ${exitCode}`);
  return stdout;
}
