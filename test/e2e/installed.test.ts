import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { ComparisonReport } from '../../src/model/comparison.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { RunReport } from '../../src/model/run.ts';
import type { Words } from './broken-candidates.ts';
import {
  builtWithoutKexec,
  changedInitrd,
  ofAnotherRelease,
  thatPanics,
  truncatedImage,
  withoutVirtio,
} from './broken-candidates.ts';
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

t.test("a boot from a checkpoint is the same boot by the guest's own clock", async (t) => {
  const boot = async (words: string[]) => {
    const run = await installed.run(['run', 'kexec-to-distro', '--arch', 'aarch64', ...words]);
    t.equal(run.exitCode, 0, String(run.stderr));
    const file = join(installed.directory, 'runs/latest/aarch64/kexec-to-distro/result.json');
    return JSON.parse(await readFile(file, 'utf8')) as CaseResult;
  };
  const secondKernel = ({ stages }: CaseResult): number =>
    stages.find(({ name, generation }) => name === 'kernel' && generation === 2)?.guestSeconds ?? 0;
  const whole = await boot(['--no-checkpoint']);
  const begun = await boot([]);
  t.equal(whole.checkpoint, null);
  t.match(begun.checkpoint, /^[0-9a-f]{16}$/);
  t.equal(begun.outcome, whole.outcome);
  const ratio = secondKernel(begun) / secondKernel(whole);
  t.ok(Math.abs(ratio - 1) < 0.01, `the second kernel took ${ratio} times as long`);
});

t.test('a recorded failure is played again, byte for byte, and gdb goes back in it', async (t) => {
  const run = await installed.run([
    'run',
    'root-is-the-whole-disk',
    '--arch',
    'aarch64',
    '--record',
  ]);
  t.equal(run.exitCode, 0, String(run.stderr));
  const directory = 'runs/latest/aarch64/root-is-the-whole-disk';
  const { exitCode, stdout, stderr } = await installed.run(['rewind', directory, '--json']);
  t.equal(exitCode, 0, String(stderr));
  const recorded = await readFile(join(installed.directory, directory, 'console.raw'));
  t.match(JSON.parse(String(stdout)), {
    ending: 'played',
    differsAt: null,
    bytes: recorded.length,
    recordedBytes: recorded.length,
  });

  const standing = installed.run(['rewind', directory, '--gdb', '--at', 'kexec-bye']);
  standing.stdout?.resume();
  let told = '';
  for await (const chunk of standing.stderr ?? []) {
    told += String(chunk);
    if (/target remote \S+'\n/.test(told)) break;
  }
  t.match(told, /\b\d+: .*Bye!$/m);
  const socket = /target remote (\S+)'/.exec(told)?.[1] ?? '';
  const gdb = await installed.runTool('gdb-multiarch', [
    ...['-nx', '-batch', '-ex', 'set architecture aarch64', '-ex', `target remote ${socket}`],
    ...['-ex', 'print/x $pc', '-ex', 'reverse-stepi', '-ex', 'print/x $pc', '-ex', 'x/i $pc'],
    ...['-ex', 'stepi', '-ex', 'print/x $pc', '-ex', 'kill'],
  ]);
  const [at, before, again] = [...String(gdb.stdout).matchAll(/^\$\d = (0x\w+)$/gm)].map(
    ([, address]) => address,
  );
  t.ok(at !== undefined && before !== undefined, String(gdb.stdout) + String(gdb.stderr));
  t.not(before, at, 'one instruction back');
  t.match(String(gdb.stdout), /^=> 0x\w+:\s+str/m, 'which stores the last byte into the UART');
  t.equal(again, at, 'and on again');
  await standing;
});

t.test('a guest that goes from fault to fault is recorded and proved dead', async (t) => {
  const scenario = 'arm-device-tree-overwritten';
  const run = await installed.run(['run', scenario, '--record']);
  t.equal(run.exitCode, 0, String(run.stdout));
  const { exitCode, stdout } = await installed.run(['rewind', `runs/latest/arm/${scenario}`]);
  t.equal(exitCode, 0, String(stdout));
});

t.test('a kernel is checked against the one in use', async (t) => {
  const common = ['--arch', 'aarch64', '--repeat', '1', '--json'];
  const check = async (words: string[], scenario = 'kexec-to-distro') => {
    const { exitCode, stdout, stderr } = await installed.run([
      'check',
      scenario,
      ...common,
      ...words,
    ]);
    const report = JSON.parse(String(stdout) || '{}') as unknown;
    return { exitCode, log: String(stderr), report };
  };
  const pathOf = async (recipe: string) => {
    const { stdout } = await installed.run(['images', 'path', recipe, '--arch', 'aarch64']);
    return String(stdout).trim();
  };
  const parts = { kernel: await pathOf('distro-kernel'), initrd: await pathOf('distro-initrd') };

  await t.test('ROLL for the same, over and over', async (t) => {
    const words = ['--kernel', 'debian:bookworm', '--repeat', '2'];
    t.match(await check(words), {
      exitCode: 0,
      report: {
        decision: 'ROLL',
        differences: [],
        comparisons: [
          // No kernel of Debian 12 comes up behind a kexec there (docs/gicv3.md).
          { key: 'aarch64/kexec-to-distro-gicv3', class: 'neither' },
          { key: 'aarch64/kexec-to-distro', class: 'same' },
          { key: 'aarch64/kexec-to-distro-gicv3-uefi', class: 'same' },
        ],
      },
    });
    const accepted = ['baseline', 'accept', 'runs/latest', '--out', 'baseline.json'];
    t.equal((await installed.run(accepted)).exitCode, 0);
  });

  const broken: Record<string, [Words, reasons: RegExp[], outcome: string]> = {
    'a truncated image': [
      await truncatedImage(installed.directory, parts),
      [/\(image-damaged\): /, /\bregressed: .*\bbye-hang\b/],
      'bye-hang',
    ],
    'an initramfs without virtio': [
      await changedInitrd(join(installed.directory, 'a'), parts, withoutVirtio),
      [/\(no-virtio-blk\): /, /\bregressed: .*\broot-missing\b/],
      'root-missing',
    ],
    'an initramfs for another release': [
      await changedInitrd(join(installed.directory, 'b'), parts, ofAnotherRelease),
      [/\(initrd-other-release\): /, /\bregressed: .*\broot-missing\b/],
      'root-missing',
    ],
    'a kernel that panics': [
      await changedInitrd(join(installed.directory, 'c'), parts, thatPanics),
      [/\bregressed: .*\bkernel-panic\b/],
      'kernel-panic',
    ],
    'a kernel without kexec, which boots': [
      await builtWithoutKexec(installed.directory, parts),
      [/\(no-kexec\): /],
      'booted',
    ],
  };
  for (const [name, [words, reasons, outcome]] of Object.entries(broken)) {
    await t.test(`HOLD for ${name}`, async (t) => {
      const held = await check([...words, '--against', 'baseline.json']);
      t.equal(held.exitCode, 7, held.log);
      // A candidate that does not boot regresses on both machines on which the baseline comes up.
      const all = outcome === 'booted' ? reasons : [...reasons, ...reasons.slice(-1)];
      t.match(held, { report: { decision: 'HOLD', reasons: all } });
      const { reasons: given, comparisons } = held.report as ComparisonReport;
      t.equal(given.length, all.length);
      const plain = comparisons.find(({ key }) => key === 'aarch64/kexec-to-distro');
      t.match(plain, { candidate: { tallies: [{ outcome }] } });
    });
  }

  await t.test('HOLD for a server on which only the current settings live', async (t) => {
    const server = async (name: string, cmdline: string) => {
      const directory = join(installed.directory, name);
      await mkdir(directory);
      const file = join(directory, 'server.yaml');
      const lines = [
        'title: a server without UEFI',
        'story: Without the option, the second kernel overwrites itself on a GICv3.',
        'arch: [aarch64]',
        'boot:',
        `  cmdline: ${cmdline}`,
        '  tags: { KEXEC_KERNEL: /vmlinuz, KEXEC_INITRD: /initrd.img, KEXEC_APPEND: root=/dev/vda1 }',
        'expect: { outcome: booted, generation: 2 }',
        '',
      ];
      await writeFile(file, lines.join('\n'));
      return file;
    };
    const now = await server('now', 'root=/dev/vda irqchip.gicv3_nolpi=1');
    const run = await installed.run(['run', now, '--shape', 'gicv3', '--out', 'now-runs']);
    t.equal(run.exitCode, 0, String(run.stdout));
    const words = [
      '--kernel',
      'debian:bookworm',
      '--shape',
      'gicv3',
      '--against',
      'now-runs/latest',
    ];
    const held = await check(words, await server('next', 'root=/dev/vda'));
    t.match(held, {
      exitCode: 7,
      report: {
        decision: 'HOLD',
        comparisons: [{ key: 'aarch64/server-gicv3', class: 'regressed' }],
      },
    });
  });

  await t.test('HOLD for a good kernel that is told the wrong root', async (t) => {
    const scenario = join(installed.directory, 'wrong-root.yaml');
    await writeFile(
      scenario,
      [
        'title: a good kernel, told the wrong root',
        'story: The partition does not exist.',
        'arch: [aarch64]',
        'boot:',
        '  tags:',
        '    KEXEC_KERNEL: /vmlinuz',
        '    KEXEC_INITRD: /initrd.img',
        '    KEXEC_APPEND: root=/dev/vda7',
        'expect: { outcome: booted, generation: 2 }',
        '',
      ].join('\n'),
    );
    const held = await check(['--kernel', 'debian:bookworm'], scenario);
    t.match(held, {
      exitCode: 7,
      report: { decision: 'HOLD', reasons: [/\(root-not-there\): .*\/dev\/vda7/] },
    });
  });
});
