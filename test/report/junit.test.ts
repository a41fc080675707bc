import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import type { LabEvent } from '../../src/model/run.ts';
import { junitReporter } from '../../src/report/junit.ts';
import {
  hostileTexts,
  interrupted,
  recordedOutput,
  result,
  started,
  unavailable,
  wholeRun,
  wrongRoot,
} from './events.ts';

function write(events: LabEvent[], error?: Error): string {
  const output = recordedOutput();
  const reporter = junitReporter(output);
  for (const event of events) reporter.onEvent(event);
  if (error !== undefined) reporter.onError?.(error);
  return output.text();
}

/** What xmllint finds at an XPath; it refuses what is not well-formed. */
async function query(xml: string, xpath: string): Promise<string> {
  const { stdout } = await execa('xmllint', ['--nonet', '--xpath', xpath, '-'], { input: xml });
  return stdout;
}

t.test(
  'a suite per architecture, a failure with its proof, an error for what has none',
  async (t) => {
    const xml = write(
      wholeRun([
        result('kexec', 'aarch64'),
        wrongRoot('whole-disk', 'aarch64'),
        unavailable('kexec', 'arm'),
        interrupted('bye', 'arm'),
      ]),
    );
    t.equal(await query(xml, 'count(//testsuite)'), '2');
    t.equal(await query(xml, 'string(/testsuites/@tests)'), '4');
    t.equal(await query(xml, 'string(//testsuite[@name="aarch64"]/@failures)'), '1');
    t.equal(await query(xml, 'string(//testsuite[@name="arm"]/@errors)'), '2');
    const failed = '//testcase[@name="whole-disk"]';
    t.match(
      await query(xml, `string(${failed}/failure/@message)`),
      /booted.*root-mount-failed.*initramfs.*: mount: mounting \/dev\/vda on \/root failed: Invalid argument/,
    );
    t.equal(await query(xml, `string(${failed}/failure/@type)`), 'root-mount-failed');
    t.equal(await query(xml, `string(${failed}/@file)`), 'scenarios/whole-disk.yaml');
    t.match(
      await query(xml, 'string(//testcase[@classname="arm"][1]/error/@message)'),
      'no usable qemu-system-arm',
    );
    t.equal(await query(xml, 'count(//testcase[@name="kexec"][@classname="aarch64"]/*)'), '0');
    t.matchSnapshot(xml, 'the document');
  },
);

t.test('the last lines of the console, and attempts of a flaky pass', async (t) => {
  const directory = t.testdir();
  const failing = wrongRoot('whole-disk', 'arm');
  mkdirSync(join(directory, failing.directory), { recursive: true });
  const lines = Array.from(
    { length: 100 },
    (_, at) => `${String(at).padStart(5)}.000 said ${at}\n`,
  );
  writeFileSync(join(directory, failing.directory, 'console.log'), lines.join(''));
  const attempt = { verdict: 'fail', outcome: 'bye-hang', wallSeconds: 5 } as const;
  const flaky = result('kexec', 'arm', { flaky: true, attempts: [attempt, attempt] });
  const [start, ...others] = wholeRun([failing, flaky]);
  const xml = write([{ ...start, directory } as LabEvent, ...others]);
  const said = (await query(xml, 'string(//testcase[1]/system-out)')).split('\n');
  t.match(said[0], /\b100\b.*arm\/whole-disk\/console\.log:/);
  t.equal(said.length, 61);
  t.equal(said.at(-1), 'said 99');
  t.match(await query(xml, 'string(//testcase[2]/system-out)'), /\b2\b.*\bbye-hang\b/);
});

t.test('hostile texts in every field stay text', async (t) => {
  const nasty = [
    ...hostileTexts,
    ']]>',
    '<!-- <!DOCTYPE x [<!ENTITY a "b">]> &a;',
    '</failure><x a="',
    '\ufffe\uffff\v',
  ];
  const directory = t.testdir();
  const results = nasty.map((text, at) => {
    const hostile = wrongRoot(`n${at}`, 'arm');
    mkdirSync(join(directory, hostile.directory), { recursive: true });
    writeFileSync(join(directory, hostile.directory, 'console.log'), `    1.000 ${text}\n`);
    return {
      ...hostile,
      meaning: text,
      cure: text,
      reasons: [text],
      captures: { device: text },
      evidence: [{ line: 1, text, signature: 'x' }],
    };
  });
  const [start, ...others] = wholeRun(results);
  const xml = write([{ ...start, directory } as LabEvent, ...others]);
  t.equal(await query(xml, 'count(//*)'), String(2 + 3 * nasty.length), 'no element of theirs');
  t.equal(await query(xml, 'count(//@*)'), String(6 + 7 + 7 * nasty.length), 'no attribute either');
});

t.test('a run that could not go on is an error', async (t) => {
  const xml = write([started([result('kexec', 'arm')])], new Error('no <space> left'));
  t.equal(await query(xml, 'string(//error/@message)'), 'no <space> left');
  t.equal(await query(xml, 'string(//testsuite/@errors)'), '1');
});
