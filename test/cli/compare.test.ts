import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { recordText } from '../../src/compare/record.ts';
import { sidesOf } from '../../src/compare/side.ts';
import type { CaseResult } from '../../src/model/result.ts';
import { hang, three, untold } from '../compare/results.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';
import { compared, report } from '../report/events.ts';
import { kexecLab } from './kexec-lab.ts';

// Every test here starts the program, and a machine may be slow.
t.setTimeout(1_200_000);

const directory = temporaryDirectory(t);

function baseline(name: string, results: CaseResult[]): string {
  const file = join(directory, name);
  const scenarios = Object.fromEntries(sidesOf(results));
  const common = { schema: 'kexec-lab/baseline@1', qemu: {}, images: {}, releases: {} } as const;
  writeFileSync(file, recordText({ ...common, scenarios }));
  return file;
}

const good = baseline('good.json', three({}));
const bad = baseline('bad.json', three(hang));

t.test('ROLL is exit 0, HOLD is exit 7', async (t) => {
  t.match(await kexecLab(['compare', good, good]), { exitCode: 0, stdout: /\nROLL\n/ });
  t.match(await kexecLab(['compare', good, bad]), { exitCode: 7, stdout: /\nHOLD\n/ });
});

t.test('as JSON, as Markdown and as a page', async (t) => {
  const summary = join(directory, 'summary.md');
  const run = await kexecLab(['compare', good, bad, '--json', '--markdown', summary]);
  t.match(JSON.parse(run.stdout), {
    schema: 'kexec-lab/comparison@1',
    decision: 'HOLD',
    caveats: [],
    comparisons: [{ key: 'aarch64/kexec-to-distro', class: 'regressed' }],
  });
  t.match(readFileSync(summary, 'utf8'), '| **regressed** |');
  const page = join(directory, 'page.html');
  await kexecLab(['compare', good, bad, '--html', page]);
  t.match(readFileSync(page, 'utf8'), 'regressed: aarch64/kexec-to-distro');
  const unwritable = join(directory, 'nowhere', 'x.md');
  t.match(await kexecLab(['compare', good, bad, '--markdown', unwritable]), {
    exitCode: 2,
    stderr: `${unwritable}: `,
  });
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const option of ['--markdown', '--html']) {
    t.match(await kexecLab(['compare', good, bad, option, pipe]), {
      exitCode: 2,
      stderr: `${pipe}: `,
    });
  }
});

t.test(
  'captured servers are compared with their machines, from the run of the candidate',
  async (t) => {
    const run = (name: string, changes: Partial<CaseResult>) => {
      mkdirSync(join(directory, name));
      const text = JSON.stringify(report(three(changes)));
      writeFileSync(join(directory, name, 'report.json'), text);
      return join(directory, name);
    };
    const [usual, server] = [run('usual', {}), run('server', { server: compared })];
    const serversIn = async (...sides: string[]) => {
      const { stdout } = await kexecLab(['compare', ...sides, '--json']);
      return (JSON.parse(stdout) as { servers: unknown }).servers;
    };
    const servers = [{ key: 'aarch64/kexec-to-distro', likeness: compared.likeness }];
    t.strictSame(await serversIn(usual, server), servers);
    t.strictSame(await serversIn(server, good), servers, 'a baseline file has no comparison');
    t.strictSame(await serversIn(server, usual), []);
  },
);

t.test('mistakes are one message and exit 2', async (t) => {
  const missing = join(directory, 'missing.json');
  t.match(await kexecLab(['compare', good, missing]), {
    exitCode: 2,
    stderr: `${missing}: `,
  });
  t.match(await kexecLab(['compare', good, bad, '--fail-on', 'worse']), { exitCode: 2 });
  t.match(await kexecLab(['compare', good]), { exitCode: 2 });
});

t.test('a baseline is accepted only when it knows', async (t) => {
  const out = join(directory, 'out.json');
  t.match(await kexecLab(['baseline', 'accept', good, '--out', out]), {
    exitCode: 0,
    stdout: /out\.json: 1 /,
  });
  t.equal(readFileSync(out, 'utf8'), readFileSync(good, 'utf8'));
  const doubtful = baseline('doubtful.json', three(untold));
  const other = join(directory, 'other.json');
  const refused = await kexecLab(['baseline', 'accept', doubtful, '--out', other]);
  t.match(refused, { exitCode: 2, stderr: /doubtful\.json: .*aarch64\/kexec-to-distro/ });
  t.notOk(existsSync(other));
  const allowed = ['baseline', 'accept', doubtful, '--out', other, '--allow-untold'];
  t.match(await kexecLab(allowed), { exitCode: 0 });
});
