/**
 * `npm run results [-- SUITE…]`: boots the kernels of Debian's suites behind a kexec from Debian 12's, each with the
 * kexec-tools of its own suite and with Debian 12's, and writes what became of them to docs/results.json. All of it is
 * done by the commands a user has. Takes about ten minutes, and downloads the kernels.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { format, resolveConfig } from 'prettier';
import { preflightSchema } from '../src/model/examination.ts';
import type { CaseResult } from '../src/model/result.ts';
import { runReportSchema } from '../src/model/run.ts';
import { outcomeWord } from '../src/report/result-text.ts';
import type { Results } from './results-data.ts';

const firstKernel = 'debian:bookworm';
const scenarios = ['kexec-to-distro', 'arm-initrd-overwritten', 'arm-device-tree-overwritten'];
const suites =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['bullseye', 'bookworm', 'bookworm-backports', 'trixie', 'sid'];

const results: Results = {
  date: new Date().toISOString().slice(0, 10),
  qemu: '',
  firstKernel,
  boots: [],
  findings: [],
};
for (const kernel of suites.map((suite) => `debian:${suite}`)) {
  // Backports are kernels for the tools of the suite they are made for.
  const ownTools = kernel.replace(/-backports$/, '');
  await look(kernel, ownTools);
  for (const kexecTools of new Set([ownTools, firstKernel])) await boot(kernel, kexecTools);
}
const file = 'docs/results.json';
const style = { ...(await resolveConfig(file)), filepath: file };
writeFileSync(file, await format(JSON.stringify(results), style));
await execa('npm', ['run', '-s', 'docs'], { stdio: 'inherit' });

/** Runs kexec-lab. It may say no: that is a result. Its progress goes to standard error. */
async function kexecLab(...words: string[]): Promise<string> {
  const command = ['dist/cli/main.js', ...words];
  const { exitCode, stdout } = await execa(process.execPath, command, {
    reject: false,
    stderr: 'inherit',
  });
  if (![0, 1, 5, 7].includes(exitCode ?? -1)) {
    throw new Error(`kexec-lab ${words.join(' ')} ended with ${exitCode}`);
  }
  return stdout;
}

async function look(kernel: string, kexecTools: string): Promise<void> {
  const options = ['--kernel', kernel, '--kexec-tools', kexecTools, '--json'];
  const { found } = preflightSchema.parse(JSON.parse(await kexecLab('preflight', ...options)));
  for (const { arch, findings } of found) {
    for (const { severity, id, message } of findings) {
      results.findings.push({ kernel, arch, severity, id, message });
    }
  }
}

async function boot(kernel: string, kexecTools: string): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'kexec-lab-results-'));
  try {
    const options = [
      '--kernel',
      kernel,
      '--kexec-tools',
      kexecTools,
      '--first-kernel',
      firstKernel,
    ];
    process.stderr.write(await kexecLab('run', ...scenarios, ...options, '--out', out));
    const [run = ''] = readdirSync(out);
    const report = runReportSchema.parse(
      JSON.parse(readFileSync(join(out, run, 'report.json'), 'utf8')),
    );
    const { qemu } = report.environment;
    results.qemu = [...new Set(Object.values(qemu).map(({ version }) => version))].join(', ');
    for (const result of report.results) {
      results.boots.push({ kernel, kexecTools, ...seen(result, kernel, kexecTools) });
    }
  } finally {
    rmSync(out, { recursive: true });
  }
}

function seen(result: CaseResult, kernel: string, kexecTools: string) {
  const { scenario, arch, generation, stage, packages, stages, meaning, cure, evidence } = result;
  const ofKernel = (source: string) =>
    packages.find(
      ({ name, suite }) => `debian:${suite}` === source && /^linux-image-\d/.test(name),
    );
  const tools = packages.find(
    ({ name, suite }) => name === 'kexec-tools' && `debian:${suite}` === kexecTools,
  );
  const alone = stages.find((time) => time.generation === 2 && time.name === 'kernel');
  return {
    scenario,
    arch,
    became: outcomeWord(result),
    generation,
    stage,
    firstRelease: ofKernel(firstKernel)?.name.replace('linux-image-', '') ?? '',
    kernelVersion: ofKernel(kernel)?.version ?? '',
    kexecToolsVersion: tools?.version ?? '',
    kernelSeconds: result.outcome === 'booted' ? (alone?.guestSeconds ?? null) : null,
    reason: result.autopsy?.reason ?? null,
    meaning,
    cure,
    evidence: evidence.slice(0, 2).map(({ text }) => text),
  };
}
