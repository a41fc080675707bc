import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { RunReport } from '../../src/lab/result.ts';
import { installPackage } from './installation.ts';

const installed = await installPackage();
t.teardown(() => rm(installed.directory, { recursive: true, force: true }));

t.test('the package lists its scenarios and diagnoses a log', async (t) => {
  const list = await installed.run(['list', '--json']);
  t.equal(list.exitCode, 0, String(list.stderr));
  t.match(String(list.stdout), 'kexec-to-distro');

  const input = '[  129.248360] kexec_core: Starting new kernel\n[  129.700758] Bye!\n';
  const diagnosis = await installed.run(['diagnose', '-', '--json'], { input });
  t.equal(diagnosis.exitCode, 0, String(diagnosis.stderr));
  t.match(JSON.parse(String(diagnosis.stdout)), { outcome: 'bye-hang', generation: 1 });
});

t.test('an ordinary user boots every quick scenario, each as expected', async (t) => {
  const { exitCode, stderr, stdout } = await installed.run(['run', 'quick', '--reporter', 'plain']);
  t.equal(exitCode, 0, `${String(stdout)}\n${String(stderr)}`);

  const directory = join(installed.directory, 'runs/latest');
  const report = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8')) as RunReport;
  t.ok(report.results.length >= 20, `${report.results.length} cases`);
  for (const result of report.results) {
    const name = `${result.arch}/${result.scenario}`;
    t.equal(result.verdict, 'pass', `${name}: ${result.reasons.join('; ')}`);
    t.ok(result.evidence.length > 0, `${name} has evidence`);
    // Firmware that is given nothing to boot has no kernel to name.
    const kernels = result.packages.filter((item) => item.name.startsWith('linux-image-'));
    t.equal(kernels.length > 0, result.scenario !== 'uefi-nothing-to-boot', `${name}'s kernels`);
    t.ok(
      result.stages.some((stage) => stage.hostSeconds > 0),
      `${name} has stage times`,
    );
  }
});

t.test('the evidence can be read where it says it is', async (t) => {
  const directory = join(installed.directory, 'runs/latest/aarch64/kexec-to-distro');
  const raw = await readFile(join(directory, 'console.raw'), 'latin1');
  const lines = raw.split('\n');
  const log = (await readFile(join(directory, 'console.log'), 'utf8')).split('\n');
  const { evidence } = JSON.parse(await readFile(join(directory, 'result.json'), 'utf8')) as {
    evidence: { line: number | null; text: string; signature: string }[];
  };
  const release = evidence.find((item) => item.signature === 'proof-release');
  t.ok(release?.line);
  t.match(lines[(release?.line ?? 0) - 1], 'kexec-lab: release=');
  t.match(log[(release?.line ?? 0) - 1], 'kexec-lab: release=');

  const diagnosis = await installed.run(['diagnose', join(directory, 'console.raw'), '--json']);
  t.match(JSON.parse(String(diagnosis.stdout)), { outcome: 'booted', generation: 2 });
});

t.test(
  'a kernel is checked against the one in use: ROLL for the same, HOLD for a broken one',
  async (t) => {
    const check = async (...kernel: string[]) => {
      const words = ['check', 'kexec-to-distro', '--arch', 'aarch64', '--repeat', '1', '--json'];
      const { exitCode, stdout, stderr } = await installed.run([...words, '--kernel', ...kernel]);
      return { exitCode, log: String(stderr), report: JSON.parse(String(stdout)) as unknown };
    };
    const same = await check('debian:bookworm');
    t.match(same, {
      exitCode: 0,
      report: { decision: 'ROLL', differences: [], comparisons: [{ class: 'same' }] },
    });

    const path = await installed.run(['images', 'path', 'distro-kernel', '--arch', 'aarch64']);
    const kernel = await readFile(String(path.stdout).trim());
    const broken = join(installed.directory, 'vmlinuz-broken');
    await writeFile(broken, kernel.subarray(0, kernel.length / 2));
    const initrd = await installed.run(['images', 'path', 'distro-initrd', '--arch', 'aarch64']);
    const held = await check(broken, '--initrd', String(initrd.stdout).trim());
    t.match(held, {
      exitCode: 7,
      report: {
        decision: 'HOLD',
        reasons: [
          /preflight \(image-damaged\): .* truncated/,
          /regressed: booted before, now bye-hang/,
        ],
        comparisons: [{ class: 'regressed' }],
      },
    });
  },
);
