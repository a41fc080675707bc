import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as prettier from 'prettier';
import t from 'tap';
import type { CaseResult } from '../../src/model/result.ts';
import type { LabEvent } from '../../src/model/run.ts';
import { githubReporter } from '../../src/report/github.ts';
import { fenced, markdownSummary } from '../../src/report/markdown.ts';
import {
  hostileTexts,
  options,
  recordedOutput,
  reference,
  report,
  result,
  unavailable,
  wholeRun,
  wrongRoot,
} from './events.ts';

function write(events: LabEvent[], summary?: string): string {
  const output = recordedOutput();
  const env = { GITHUB_WORKSPACE: process.cwd(), GITHUB_STEP_SUMMARY: summary };
  const reporter = githubReporter(output, options, env);
  for (const event of events) reporter.onEvent(event);
  return output.text();
}

type Command = { name: string; properties: string; data: string };

/**
 * The commands the runner would obey. Like the runner's own ActionCommandManager: white space in front is skipped, `::` begins a
 * command of the second form, `##[` anywhere one of the first; after stop-commands only the token is obeyed.
 */
function obeyed(text: string, guarded = true): Command[] {
  const commands: Command[] = [];
  let token: string | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name = '', properties = '', data = ''] =
      /^\s*::([^\s:]+)(?: ([^]*?))?::([^]*)$/.exec(line) ??
      /##\[([^\s\]]+) ?([^\]]*)\](.*)/.exec(line) ??
      [];
    if (name === '') continue;
    if (token !== null) {
      if (name === token) token = null;
      continue;
    }
    if (name === 'stop-commands' && guarded) token = data;
    else commands.push({ name, properties, data });
  }
  assert.equal(token, null, 'commands are obeyed again in the end');
  return commands;
}

t.test('an annotation at the line of the expectation, behind the lines of plain', (t) => {
  const text = write(
    wholeRun([
      result('kexec', 'aarch64'),
      wrongRoot('whole-disk', 'arm'),
      unavailable('kexec', 'arm'),
    ]),
  );
  t.match(text, /^::stop-commands::[0-9a-f]{32}\nrun r1: 3 cases/);
  t.match(text, '✗ arm/whole-disk');
  const commands = obeyed(text);
  t.match(commands, [
    {
      name: 'error',
      properties: 'file=scenarios/whole-disk.yaml,line=8,title=arm/whole-disk%3A root-mount-failed',
      data: /^expected booted, generation 2, root \/dev\/vda1%0Agot root-mount-failed in .*%0Aarm\/whole-disk\/console\.log:123: mount/,
    },
    {
      name: 'warning',
      properties: 'file=scenarios/kexec.yaml,line=8,title=arm/kexec%3A unavailable',
    },
  ]);
  t.equal(commands.length, 2);
  t.end();
});

t.test('no more than ten annotations of a kind, the last of which counts the others', (t) => {
  const results = Array.from({ length: 25 }, (_, at) => wrongRoot(`n${at}`, 'arm'));
  const commands = obeyed(write(wholeRun([...results, unavailable('kexec', 'arm')])));
  t.equal(commands.filter(({ name }) => name === 'error').length, 10);
  t.match(commands[9]?.data, /^16 /);
  t.equal(commands.filter(({ name }) => name === 'warning').length, 1);
  t.end();
});

/** What a guest would try. */
const hostile = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc
    .array(
      fc.constantFrom(
        ...['::', ':', '##[', '#', '%0A', '%', '\n', '\r', '\u2028', '\u0085', ' ', '\t', '\ufeff'],
        ...[
          'error',
          'set-env name=PATH',
          'add-path',
          'stop-commands',
          'add-mask',
          'file=x,line=1',
          ']',
          'x',
        ],
        ...[
          '```',
          '`',
          '~~~',
          '<img src=x>',
          '@someone',
          '](https://x.test)',
          '![a](b)',
          '|',
          '\\',
          '- ',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

function poisoned(text: string): CaseResult {
  return {
    ...wrongRoot('whole-disk', 'arm'),
    meaning: text,
    cure: text,
    reasons: [text, `a\n${text}`],
    captures: { device: text },
    evidence: [
      { line: 1, text, signature: 'x' },
      { line: null, text, signature: 'screen' },
    ],
  };
}

t.test('nothing a guest prints is obeyed, with the guard and without it', (t) => {
  fc.assert(
    fc.property(hostile, (text) => {
      const [start, ...others] = wholeRun([poisoned(text)]);
      assert(start);
      const tail: LabEvent = {
        at: 1,
        type: 'case-console',
        case: reference('x', 'arm'),
        line: 1,
        text,
      };
      const written = write([start, tail, ...others]);
      const names = obeyed(written).map(({ name }) => name);
      assert.deepEqual(names, ['error']);
      const unguarded = obeyed(written, false).filter(({ name }) => !/^[0-9a-f]{32}$/.test(name));
      assert.deepEqual(
        unguarded.map(({ name }) => name),
        ['stop-commands', 'error'],
      );
    }),
  );
  t.end();
});

type Node = { type: string; children?: Node[] };

/** The kinds of nodes a Markdown reader sees in it. */
async function nodeTypes(markdown: string): Promise<Set<string>> {
  type Parse = (text: string, options: object) => Promise<{ ast: Node }>;
  const { __debug } = prettier as unknown as { __debug: { parse: Parse } };
  const { ast } = await __debug.parse(markdown, { parser: 'markdown' });
  const types = (node: Node): string[] => [node.type, ...(node.children ?? []).flatMap(types)];
  return new Set(types(ast));
}

t.test('the summary has the advice that the terminal shows', (t) => {
  const undecided = result('slow', 'arm', { verdict: 'fail', outcome: 'unknown', cure: 'Wait.' });
  const summary = markdownSummary(report([undecided]), options, 1e6);
  t.match(summary, 'cure      Wait.');
  t.match(summary, 'next      kexec-lab run slow --arch arm --tail\n          sh arm/slow/qemu.sh');
  t.end();
});

t.test('in the summary, what a guest printed is nothing but code', async (t) => {
  const usual = await nodeTypes(markdownSummary(report([poisoned('harmless')]), options, 1e6));
  t.ok(usual.has('code') && usual.has('table') && !usual.has('link') && !usual.has('html'));
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const types = await nodeTypes(markdownSummary(report([poisoned(text)]), options, 1e6));
      assert.deepEqual(types, usual);
    }),
  );
  const long = '`'.repeat(9);
  t.equal(fenced([long]), `${long}\`text\n${long}\n${long}\`\n`);
});

t.test('the summary is appended to the file, and fits', (t) => {
  const file = join(t.testdir(), 'summary.md');
  writeFileSync(file, 'before\n');
  write(wholeRun([result('kexec', 'aarch64'), wrongRoot('kexec', 'arm')]), file);
  const text = readFileSync(file, 'utf8');
  t.match(text, /^before\n## kexec-lab: /);
  t.matchSnapshot(text, 'a pass and a failure');

  const many = Array.from({ length: 3000 }, (_, at) => poisoned(`é${'x'.repeat(400)}${at}`));
  writeFileSync(file, 'x'.repeat(100_000));
  write(wholeRun(many), file);
  t.ok(statSync(file).size <= 2 ** 20);
  const [shown, , left = '', end] = readFileSync(file, 'utf8').split(/(\n… \D*)(\d+)/);
  t.equal((shown?.split('\n### ') ?? []).length - 1 + Number(left), many.length);
  t.notMatch(end, '\n### ', 'the number of those left out comes last');
  writeFileSync(file, 'x'.repeat(2 ** 20));
  write(wholeRun(many), file);
  t.equal(statSync(file).size, 2 ** 20, 'where nothing fits, nothing is written');
  t.end();
});

t.test('a run that could not go on is an error, and leaves no summary', (t) => {
  const output = recordedOutput();
  const file = join(t.testdir(), 'summary.md');
  const reporter = githubReporter(output, options, { GITHUB_STEP_SUMMARY: file });
  reporter.onError?.(new Error('disk full\n::set-env name=x::y 100%'));
  t.strictSame(obeyed(output.text()), [
    { name: 'error', properties: 'title=kexec-lab', data: 'disk full; ::set-env name=x::y 100%25' },
  ]);
  t.notOk(existsSync(file));
  t.end();
});
