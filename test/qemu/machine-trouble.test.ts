import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import type { Qemu } from '../../src/model/examination.ts';
import { loadMachineProfile } from '../../src/qemu/machine-profile.ts';
import { machineTrouble } from '../../src/qemu/machine-trouble.ts';
import { temporaryDirectory } from './machine-fixtures.ts';

const listed =
  'Available CPUs:\n  cortex-a15\n  cortex-a53\n  neoverse-n1\n  pxa250 (deprecated)\n';

/** A QEMU that refuses every machine with these words, or makes it if there are none. */
function qemu(t: Test, words: string): Qemu {
  const directory = temporaryDirectory(t);
  const binary = join(directory, 'qemu-system-aarch64');
  writeFileSync(join(directory, 'help'), listed);
  writeFileSync(join(directory, 'words'), words && `qemu-system-aarch64: ${words}\n`);
  const script = [
    ...['#!/bin/sh', `cd '${directory}'`, '[ "$1 $2" = "-cpu help" ] && exec cat help'],
    ...['cat words >&2', '[ ! -s words ]'],
  ];
  writeFileSync(binary, script.join('\n'));
  chmodSync(binary, 0o755);
  return { binary, version: '7.2.22', accelerator: 'tcg', options: [] };
}

const profile = loadMachineProfile('aarch64');
const shaped = (cpu: string) => ({ ...profile, cpu });

t.test('a CPU model that this QEMU does not have, and the version that has it', async (t) => {
  const old = qemu(t, "unable to find CPU model 'neoverse-v1'");
  const trouble = await machineTrouble(old, shaped('neoverse-v1'));
  t.match(trouble, {
    key: 'cpu',
    message: /7\.2\.22.*neoverse-v1/,
    hint: /8\.1.*cortex-a53, neoverse-n1/,
  });
  const misspelt = await machineTrouble(old, shaped('neoverse-n11,sve=off'));
  t.match(misspelt, { key: 'cpu', message: /"neoverse-n11".*neoverse-n1\b/ });
  t.notMatch(misspelt?.hint, /\bpxa250|cortex-a15\b/, 'no kernel for aarch64 runs on these');
  for (const words of [
    'mach-virt: CPU type cortex-a9-arm-cpu not supported',
    'Invalid CPU model: cortex-a9\nThe valid models are: cortex-a7, cortex-a15',
  ])
    t.match(await machineTrouble(qemu(t, words), shaped('cortex-a9')), { key: 'cpu' }, words);
});

t.test('host is refused without asking, because machines are emulated', async (t) => {
  const nowhere: Qemu = {
    binary: '/nonexistent',
    version: '7.2.22',
    accelerator: 'tcg',
    options: [],
  };
  t.match(await machineTrouble(nowhere, shaped('host')), { key: 'cpu', message: /KVM/ });
  t.equal(
    await machineTrouble(nowhere, profile),
    null,
    'a QEMU that cannot be run is reported elsewhere',
  );
});

t.test('the key that QEMU complains about', async (t) => {
  const key = async (words: string, change: Partial<typeof profile> = {}) =>
    (await machineTrouble(qemu(t, words), { ...profile, ...change }))?.key ?? null;
  t.equal(await key(''), null, 'QEMU makes it');
  t.equal(await key("Property 'virt-7.2-machine.foo' not found"), 'machine');
  t.equal(await key('Invalid gic-version value\nValid values are 3, 2, host, max.'), 'machine');
  t.equal(await key("Parameter 'its' does not accept value", { gic: 3, its: true }), 'its');
  t.equal(
    await key('gic-version=host requires KVM', { machine: 'virt,gic-version=host' }),
    'machine',
  );
  t.equal(await key('unsupported machine type: "virt2"\nUse -machine help to list'), 'machine');
  t.equal(await key("Property 'cortex-a53-arm-cpu.foo' not found"), 'cpu');
  t.equal(await key("-device foo: 'foo' is not a valid device model name"), 'devices');
  t.equal(
    await key("Invalid SMP CPUs 64. The max CPUs supported by machine 'virt-7.2' is 8"),
    'cpus',
  );
  t.equal(
    await key('Addressing limited to 32 bits, but memory exceeds it by 5368709120 bytes'),
    'memory',
  );
  t.equal(await key('cannot set up guest memory: Cannot allocate memory'), null, "the host's");
  const wanted = "Property 'virt-7.2-machine.compact-highmem' not found";
  t.match(await machineTrouble(qemu(t, wanted), profile), { hint: /8\.0/ });
});
