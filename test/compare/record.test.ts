import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadRecord, differencesOf, recordOf, recordText } from '../../src/compare/record.ts';
import type { CaseResult } from '../../src/model/result.ts';
import type { RunReport } from '../../src/model/run.ts';
import { summarise } from '../../src/run/records.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { result } from '../report/events.ts';
import { three, took, variant } from './results.ts';

function report(results: CaseResult[], version = '7.2.22'): RunReport {
  const qemu = { binary: '/usr/bin/qemu-system-aarch64', version, accelerator: 'tcg' };
  return {
    schema: 'kexec-lab/run@1',
    id: '20260101T000000Z-1a2b',
    startedAt: '2026-01-01T00:00:00.000Z',
    environment: {
      kexecLab: '0.1.0',
      node: 'v20.19.0',
      host: { os: 'Linux', arch: 'x64', cpus: 2, cpuModel: 'any', memoryMiB: 4096 },
      qemu: { aarch64: qemu },
      images: {
        'aarch64/provider-kernel': 'aaaa',
        'aarch64/provider-initramfs': 'bbbb',
        'aarch64/mini-disk': 'cccc',
        'aarch64/distro-kernel': 'dddd',
        'aarch64/distro-initrd': 'eeee',
      },
      packages: [],
    },
    results,
    summary: summarise(results, 1),
    exitCode: 0,
  };
}

t.test('a record is the same whenever and in whatever order the run was made', (t) => {
  const results = [result('b', 'aarch64', took(1.5)), result('a', 'arm'), ...three(took(1.732111))];
  const text = recordText(recordOf(report(results)));
  const again = { ...report(results.toReversed()), id: 'other', startedAt: 'later' };
  t.equal(recordText(recordOf(again)), text);
  t.notMatch(text, /2026|1a2b|wallSeconds|x64/);
  t.strictSame(Object.keys(recordOf(report(results)).scenarios), [
    'aarch64/b',
    'aarch64/kexec-to-distro',
    'arm/a',
  ]);
  t.end();
});

t.test('a baseline file of an earlier version, which names no machines, still loads', async (t) => {
  const now = recordOf(report([...three({ machine: 'aarch64' }), ...three(variant)]));
  const file = join(temporaryDirectory(t), 'baseline.json');
  writeFileSync(file, recordText(now));
  t.strictSame((await loadRecord(file)).record, now);
  const old = recordOf(report(three({})));
  t.notMatch(recordText(old), /machine|variant/);
  writeFileSync(file, recordText(old));
  t.strictSame((await loadRecord(file)).record, old);
  t.strictSame(differencesOf(old, now), [], 'nothing is known to differ');
  t.end();
});

t.test('other machines in the same cases are a difference, said once', (t) => {
  const on = (machine: string) =>
    recordOf(report([...three({ machine }), result('other', 'aarch64', { machine })]));
  const found = differencesOf(on('aarch64'), on('/home/someone/my server.yaml gic=3'));
  t.strictSame(found, ['machine: aarch64 and my server.yaml gic=3']);
  t.strictSame(differencesOf(on('/a/m.yaml'), on('/b/m.yaml')), [], 'whatever its directory');
  t.end();
});

t.test('what boots first should be the same, what kexec starts is the question', (t) => {
  const record = recordOf(report(three({})));
  t.strictSame(Object.keys(record.images), [
    'aarch64/provider-initramfs',
    'aarch64/provider-kernel',
  ]);
  t.strictSame(differencesOf(record, record), []);
  const qemus = differencesOf(record, recordOf(report(three({}), '10.0.2')));
  t.match(qemus, [/\baarch64: 7\.2\.22\b.*\b10\.0\.2\b/]);
  t.equal(qemus.length, 1);
  const images = { ...record.images, 'aarch64/provider-kernel': 'ffff' };
  const kernels = differencesOf(record, { ...record, images });
  t.match(kernels, [/\baarch64\/provider-kernel: aaaa\b.*\bffff\b/]);
  t.equal(kernels.length, 1);
  t.end();
});

t.test('a run and its baseline file are one and the same', async (t) => {
  const directory = temporaryDirectory(t);
  const whole = report(three(took(1.7), took(1.8)));
  const record = recordOf(whole);
  mkdirSync(join(directory, 'run'));
  writeFileSync(join(directory, 'run', 'report.json'), JSON.stringify(whole));
  writeFileSync(join(directory, 'baseline.json'), recordText(record));
  const run = { directory: join(directory, 'run'), report: whole };
  t.same(await loadRecord(join(directory, 'run')), { record, run });
  t.same(await loadRecord(join(directory, 'run', 'report.json')), { record, run });
  t.same(await loadRecord(join(directory, 'baseline.json')), { record, run: null });
});

t.test('what is neither is refused, with its place', async (t) => {
  const directory = temporaryDirectory(t);
  const refused = async (content: string): Promise<unknown> => {
    const file = join(directory, 'file.json');
    writeFileSync(file, content);
    return loadRecord(file).catch((error: unknown) => error);
  };
  const place = join(directory, 'file.json');
  t.match(await refused('{'), { exitCode: 2, message: /\bJSON\b/, place });
  const known = /kexec-lab\/run@1 .*kexec-lab\/baseline@1\b/;
  t.match(await refused('[]'), { exitCode: 2, message: known, place });
  const later = await refused('{"schema":"kexec-lab/run@2"}');
  t.match(later, { exitCode: 2, message: known, place });
  t.match(later, { message: /\bkexec-lab\/run@2\b/ });
  const damaged = await refused('{"schema":"kexec-lab/baseline@1"}');
  t.match(damaged, { exitCode: 2, message: /: qemu: /, place });
  t.match(await loadRecord(directory).catch((error: unknown) => error), {
    exitCode: 2,
    place: join(directory, 'report.json'),
  });
});
