import t from 'tap';
import type { Outcome } from '../../src/model/boot.ts';
import type { Expectation } from '../../src/model/result.ts';
import { interruptedResult, judge } from '../../src/run/verdict.ts';
import { awaitedGeneration, expectedRelease, settlingGeneration } from '../../src/run/proof.ts';
import type { Setup } from '../../src/scenario/scenario.ts';
import { compared } from '../report/events.ts';
import { caseOf } from './cases.ts';

const release = '6.12.1-arm64';
const proofs = ['proof-release', 'proof-root', 'proof-cmdline', 'login-prompt'];

function booted(changes: Partial<Outcome> = {}): Outcome {
  return {
    id: 'booted',
    generation: 2,
    stage: 'userspace',
    evidence: proofs.map((signature, index) => ({ line: index + 1, text: signature, signature })),
    captures: { release, root: '/dev/vda1', cmdline: 'console=ttyAMA0 is_in_kexec=yes' },
    meaning: '',
    cure: '',
    ...changes,
  };
}

t.test('whoever asks for a kexec waits for generation 2', (t) => {
  const setup = (tags: Record<string, string>): Setup => ({
    machine: 'aarch64',
    kernel: 'k',
    initramfs: 'i',
    disk: null,
    storage: 'virtio',
    readOnly: false,
    metadata: {},
    cmdline: '',
    tags,
    onReset: 'exit',
  });
  const hang: Expectation = { outcome: 'bye-hang', generation: 1 };
  t.equal(awaitedGeneration(setup({ KEXEC_KERNEL: '/vmlinuz' }), hang), 2);
  t.equal(awaitedGeneration(setup({}), hang), 1);
  t.equal(awaitedGeneration(setup({}), { outcome: 'booted' }), 1);
  t.equal(awaitedGeneration(setup({}), { outcome: 'booted', generation: 3 }), 3);
  t.end();
});

t.test('the release under test: by word, by default, or as it stands', (t) => {
  const releases = { first: '6.1', second: '6.12' };
  const provided = { kernel: 'provider-kernel' };
  t.equal(expectedRelease(provided, { outcome: 'booted' }, releases), '6.12');
  t.equal(expectedRelease(provided, { outcome: 'booted', generation: 1 }, releases), '6.1');
  t.equal(expectedRelease(provided, { outcome: 'booted', release: 'first' }, releases), '6.1');
  t.equal(expectedRelease(provided, { outcome: 'booted', release: '7.2.0' }, releases), '7.2.0');
  const straight = expectedRelease(
    { kernel: null },
    { outcome: 'booted', generation: 1 },
    releases,
  );
  t.equal(straight, '6.12', 'the firmware starts the kernel on the disk');
  t.end();
});

t.test('the verdict names everything that differs', (t) => {
  t.same(judge(booted(), { outcome: 'booted', generation: 2, root: '/dev/vda1' }), {
    verdict: 'pass',
    reasons: [],
    unmet: [],
  });
  const other = judge(booted(), { outcome: 'bye-hang' });
  t.match(other, { verdict: 'fail', reasons: [/\bbye-hang\b.*\bbooted\b/] });
  t.same(other.unmet, ['outcome']);
  const wrong = judge(booted(), {
    outcome: 'booted',
    root: '/dev/vdb1',
    captures: { device: '/dev/vda' },
  });
  t.equal(wrong.verdict, 'fail');
  t.match(wrong.reasons, [/ \/dev\/vdb1\b.* \/dev\/vda1\b/, /^device: .* \/dev\/vda\b/]);
  t.same(wrong.unmet, ['root', 'captures.device']);
  t.matchSnapshot([...other.reasons, ...wrong.reasons].join('\n'), 'the reasons');
  t.end();
});

t.test('a proof by command that failed is a reason, at the place of the proof', (t) => {
  const text = '`uname -r` over ssh printed "5.4", expected "6.12"';
  const proof = { line: null, text, signature: 'proof-command' };
  const other = booted({ id: 'wrong-kernel', evidence: [...booted().evidence, proof] });
  const { verdict, reasons, unmet } = judge(other, { outcome: 'booted' });
  t.equal(verdict, 'fail');
  t.match(reasons, [/^outcome: .*\bbooted\b.*\bwrong-kernel\b/, `proof: ${text}`]);
  t.same(unmet, ['proof', 'outcome']);
  t.same(judge(other, { outcome: 'wrong-kernel' }).reasons, [], 'not where it is expected');
  t.same(judge(booted({ evidence: [proof] }), { outcome: 'booted' }).reasons, []);
  t.end();
});

t.test('a step that was not done is a reason, told with its place', (t) => {
  const step = (status: 'done' | 'failed' | 'pending', place: string | null, detail = '') => {
    return { step: 'ssh true', place, status, at: null, detail };
  };
  const reasonsOf = (...steps: ReturnType<typeof step>[]) =>
    judge(booted(), { outcome: 'booted' }, { reported: [], steps, autopsy: null });
  const failed = reasonsOf(step('done', 'a.yaml:9'), step('failed', 'a.yaml:12', 'refused'));
  t.match(failed, { verdict: 'fail', reasons: [/^a\.yaml:12: .*\b2 \(ssh true\): refused\b/] });
  t.same(failed.unmet, []);
  const pending = reasonsOf(step('pending', null));
  t.match(pending, { verdict: 'fail', reasons: [/\b1 \(ssh true\): /] });
  t.matchSnapshot([...failed.reasons, ...pending.reasons].join('\n'), 'the reasons');
  t.same(reasonsOf(step('done', null)), { verdict: 'pass', reasons: [], unmet: [] });
  t.end();
});

t.test('from which generation on a login ends the watching', (t) => {
  const setup = (tags: Setup['tags'] = {}) => ({ tags }) as Setup;
  const kexec = { KEXEC_KERNEL: '/vmlinuz' };
  const last = (expect: Expectation, tags?: Setup['tags']) =>
    settlingGeneration(setup(tags), expect);
  t.equal(last({ outcome: 'booted' }), 1);
  t.equal(last({ outcome: 'booted' }, kexec), 2, 'the tags ask for the second kernel');
  t.equal(
    last({ outcome: 'booted', generation: 3 }, kexec),
    3,
    'a running system kexecs once more',
  );
  t.equal(last({ outcome: 'root-mount-failed', generation: 2 }), 2, 'it fails behind a kexec');
  t.equal(last({ outcome: 'kernel-panic' }, kexec), 2);
  t.equal(
    last({ outcome: 'bye-hang', generation: 2 }),
    3,
    'generation 2 comes up, and hangs when it leaves for the third',
  );
  t.equal(last({ outcome: 'console-lost', generation: 1 }), 2);
  t.equal(last({ outcome: 'wrong-kernel', generation: 1 }, kexec), 1, 'who expects it has seen it');
  t.equal(last({ outcome: 'wrong-kernel' }, kexec), 2, 'any may be meant');
  t.equal(last({ outcome: 'reboot-loop' }, kexec), Infinity, 'every round may end in a login');
  t.end();
});

t.test('the result of a captured server has the comparison; others do not have the key', (t) => {
  const facts = { directory: 'a', wallSeconds: 1, packages: [], stages: [], entropy: [] };
  const usual = caseOf();
  const ofServer = { ...usual, scenario: { ...usual.scenario, server: compared } };
  t.strictSame(interruptedResult(ofServer, 'stopped', facts).server, compared);
  t.notOk('server' in interruptedResult(usual, 'stopped', facts));
  t.end();
});
