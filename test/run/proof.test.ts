import t from 'tap';
import { findScenarios } from '../../src/cli/find-scenarios.ts';
import { planImages } from '../../src/image/recipes/plan.ts';
import type { Outcome } from '../../src/model/boot.ts';
import type { Awaited, Seen } from '../../src/run/proof.ts';
import { commandProof, proveBooted } from '../../src/run/proof.ts';
import type { Plan } from '../../src/scenario/scenario.ts';

const release = '6.12.1-arm64';
const proofs = ['proof-release', 'proof-root', 'proof-cmdline', 'login-prompt'];

function booted(changes: Partial<Outcome> = {}): Outcome {
  return {
    id: 'booted',
    generation: 2,
    stage: 'userspace',
    evidence: proofs.map((signature, index) => ({ line: index + 1, text: signature, signature })),
    captures: { release, root: '/dev/vda1', cmdline: 'console=ttyAMA0 is_in_kexec=yes' },
    meaning: 'It came up.',
    cure: '',
    ...changes,
  };
}

const seen: Seen = { bornBy: 'kexec', steps: [] };

const awaited: Awaited = { generation: 2, release };

t.test('a booted with all its proofs stays booted', (t) => {
  t.equal(proveBooted(booted(), awaited, seen).id, 'booted');
  t.end();
});

t.test('a login prompt in an earlier generation is the wrong kernel', (t) => {
  t.equal(proveBooted(booted({ generation: 1 }), awaited, seen).id, 'wrong-kernel');
  t.equal(
    proveBooted(booted({ generation: 1 }), { generation: 1, release }, seen).id,
    'booted',
    'unless that generation was asked for',
  );
  t.end();
});

t.test('each missing proof alone makes it unknown', (t) => {
  for (const proof of proofs.slice(0, 3)) {
    const evidence = booted().evidence.filter((item) => item.signature !== proof);
    const outcome = proveBooted(booted({ evidence }), awaited, seen);
    t.equal(outcome.id, 'unknown');
    t.match(outcome.meaning, proof);
  }
  t.end();
});

t.test('another release, or a command line without the marker, is the wrong kernel', (t) => {
  const captures = { ...booted().captures };
  const older = { ...captures, release: '6.1.0-50' };
  t.equal(proveBooted(booted({ captures: older }), awaited, seen).id, 'wrong-kernel');
  const unmarked = { ...captures, cmdline: 'console=ttyAMA0 not_is_in_kexec=yes' };
  t.equal(proveBooted(booted({ captures: unmarked }), awaited, seen).id, 'wrong-kernel');
  t.end();
});

t.test('every other outcome passes through untouched', (t) => {
  const hang = booted({ id: 'bye-hang', generation: 1 });
  t.equal(proveBooted(hang, awaited, seen), hang);
  t.end();
});

/** A system that is not the lab's: a prompt, and what the kernel said of itself. */
const foreign = (changes: Partial<Outcome> = {}): Outcome =>
  booted({
    evidence: [{ line: 9, text: 'host login:', signature: 'login-prompt' }],
    captures: { release },
    ...changes,
  });
const byLogin: Awaited = { ...awaited, proof: 'login' };

t.test('a login proves a boot only in the generation that was asked for, after a kexec', (t) => {
  const outcome = proveBooted(foreign(), byLogin, seen);
  t.equal(outcome.id, 'booted');
  t.match(outcome.meaning, /^It came up\. .*\b2\b.*\b6\.12\b/);
  t.equal(proveBooted(foreign({ generation: 1 }), byLogin, seen).id, 'wrong-kernel');
  for (const bornBy of ['reset', 'power-on'] as const) {
    const reset = proveBooted(foreign(), byLogin, { ...seen, bornBy });
    t.equal(reset.id, 'wrong-kernel', bornBy);
    t.match(reset.meaning, new RegExp(`\\b${bornBy}\\b.*\\bkexec\\b`));
  }
  const first = { ...byLogin, generation: 1, release: null };
  t.equal(proveBooted(foreign({ generation: 1 }), first, seen).id, 'wrong-kernel');
  const powerOn: Seen = { ...seen, bornBy: 'power-on' };
  t.equal(proveBooted(foreign({ generation: 1 }), first, powerOn).id, 'booted');
  t.end();
});

t.test('with a login, the release that is asked for must be in the kernel’s banner', (t) => {
  t.equal(proveBooted(foreign({ captures: {} }), byLogin, seen).id, 'unknown');
  t.equal(proveBooted(foreign({ captures: { release: '5.4' } }), byLogin, seen).id, 'wrong-kernel');
  const any = proveBooted(foreign({ captures: {} }), { ...byLogin, release: null }, seen);
  t.equal(any.id, 'booted');
  t.match(any.meaning, /^It came up\. .*\b2\b/);
  t.notMatch(any.meaning, /undefined|null/);
  t.end();
});

t.test('a command proves a boot by what it printed, once it was run to its end', (t) => {
  const prove = (output: string | null, status: 'done' | 'failed' | 'pending', detail: string) => {
    const proof = { by: 'ssh', command: 'uname -r', output } as const;
    const step = { step: 'prove', place: null, status, at: null, detail };
    return proveBooted(foreign(), { ...awaited, proof }, { ...seen, steps: [step] });
  };
  t.match(prove(null, 'done', release), {
    id: 'booted',
    meaning: /`uname -r` .*\b6\.12\.1-arm64\b/,
  });
  t.match(prove('7.0', 'done', '7.0'), { id: 'booted' });
  t.match(prove(null, 'done', '5.4'), { id: 'wrong-kernel' });
  t.match(prove('7.0', 'done', release), { id: 'wrong-kernel' });
  const showed = (outcome: Outcome) => outcome.evidence.find((e) => e.signature === commandProof);
  t.match(showed(prove(null, 'done', release)), {
    line: null,
    text: /^`uname -r` .*\bssh\b.* "6\.12\.1-arm64"/,
    signature: 'proof-command',
  });
  t.match(showed(prove('7.0', 'done', '5.4')), { text: /^`uname -r` .* "5\.4".* "7\.0"/ });
  t.equal(
    prove(null, 'done', release).evidence[0]?.signature,
    'login-prompt',
    'the cause is first',
  );
  t.equal(showed(prove(null, 'pending', '')), undefined, 'it printed nothing');
  t.match(prove(null, 'pending', release), { id: 'unknown' });
  t.match(prove(null, 'failed', release), { id: 'unknown' });
  const proof = { by: 'run', command: 'uname -r', output: null } as const;
  const nothing = { ...awaited, release: null, proof };
  const step = { step: 'prove', place: null, status: 'done', at: 1, detail: '' } as const;
  t.match(proveBooted(foreign(), nothing, { ...seen, steps: [step] }), { id: 'unknown' });
  t.match(proveBooted(foreign(), { ...awaited, proof }, seen), { id: 'unknown' }, 'no step');
  const root = { ...awaited, proof: { ...proof, command: 'findmnt', output: '/dev/vda1' } };
  const differs = proveBooted(foreign(), root, {
    ...seen,
    steps: [{ ...step, detail: '/dev/vdb' }],
  });
  t.match(differs, { id: 'unknown', meaning: /"\/dev\/vdb".*"\/dev\/vda1"/ });
  t.match(showed(differs), { text: /^`findmnt` .*"\/dev\/vdb"/ });
  t.end();
});

void t.test(
  'the example of a proof over ssh asks the second system, whose image can be planned',
  (t) => {
    const [scenario] = findScenarios(['examples/proof-by-ssh/kexec-with-ssh.yaml'], []);
    const plan = scenario?.perArch.aarch64;
    t.match(plan, {
      proof: { by: 'ssh', command: 'uname -r', output: null },
      steps: [{ do: 'prove', by: 'ssh', command: 'uname -r', generation: 2 }],
    });
    const { entries } = planImages({ arch: 'aarch64', ...(plan as Plan).setup });
    const disk = entries.find(({ name }) => name.endsWith('/ssh-disk.yaml'))?.recipe;
    t.match(disk, { kind: 'disk', initrd: 'scaleway-initramfs-c1' });
    t.end();
  },
);
