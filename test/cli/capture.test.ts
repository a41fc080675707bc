import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import t from 'tap';
import { digestOf, plantDebian } from '../server/planted.ts';
import { kexecLab, kexecLabCommand } from './kexec-lab.ts';

t.setTimeout(300_000);

/** What a fake ssh does with the command after the options and the host. */
const fakes = {
  works: 'exec "$@" --root "$ROOT"',
  banner: 'echo "Welcome to web1"; exec "$@" --root "$ROOT"',
  refused: 'echo "ssh: connect to host web1 port 22: Connection refused" >&2; exit 255',
  'no-shell': 'echo "bash: sh: command not found" >&2; exit 127',
  sudo: 'echo "sudo: a password is required" >&2; exit 1',
  'cut-off': '"$@" --root "$ROOT" | head -c 3000; exit 255',
  'cut-off-quietly': '"$@" --root "$ROOT" | head -c 3000',
  'other-program': 'echo "This account is for backups only."; cat >/dev/null',
  slow: '"$@" --root "$ROOT" | head -c 3000; echo >&2 halfway; exec sleep 600',
};

/** A server that is a directory, with an ssh of each kind. */
function server(t: Test) {
  const directory = t.testdir();
  mkdirSync(join(directory, 'work'));
  const root = plantDebian(directory);
  for (const [name, body] of Object.entries(fakes)) {
    // ssh -T web1 sh -s --
    const script = `#!/bin/sh\n[ "$1 $2" = "-T web1" ] || exit 99\nshift 2\n${body}\n`;
    writeFileSync(join(directory, `ssh-${name}`), script, { mode: 0o755 });
  }
  const env = { KEXEC_LAB_CACHE: join(directory, 'cache'), ROOT: root };
  const output = join(directory, 'work', 'o.tar');
  const words = (ssh: string, ...more: string[]) => [
    ...['capture', 'web1', '--ssh', join(directory, `ssh-${ssh}`), '-o', output],
    ...more,
  ];
  const left = () => [
    ...readdirSync(join(directory, 'work')),
    ...readdirSync(join(directory, 'cache', 'tmp')),
  ];
  return {
    directory,
    env,
    words,
    left,
    take: (ssh: string, ...more: string[]) => kexecLab(words(ssh, ...more), env),
  };
}

void t.test('a capture over ssh', async (t) => {
  const { take, left } = server(t);
  const list = await take('works', '--dry-run');
  t.match(list, { exitCode: 0, stdout: /text +\d+ bytes +machine-id\n(?:.*\n)*.*\/etc\/fstab/ });
  for (const ssh of ['works', 'banner']) {
    const taken = await take(ssh, '--force');
    t.match(taken, { exitCode: 0, stdout: /^wrote .*o\.tar: \d+ items/ }, ssh);
    t.strictSame(left(), ['o.tar']);
  }
  t.match(await take('works'), { exitCode: 2, stderr: /already exists/ }, 'not without --force');
});

void t.test('a capture over ssh that fails', async (t) => {
  const { take, left } = server(t);
  const expected: Partial<Record<keyof typeof fakes, [number, RegExp]>> = {
    refused: [5, /Connection refused\n.*exit code 255.*\n.*ssh-refused -T web1 true$/],
    'no-shell': [5, /exit code 127.*the server lacks a program\n.*-T web1 sh -c true$/],
    sudo: [5, /a password is required\n.*exit code 1/],
    'cut-off': [5, /exit code 255/],
    'cut-off-quietly': [2, /damaged at byte \d+/],
    'other-program': [2, /not the output of capture\.sh/],
  };
  for (const [ssh, [exitCode, message]] of Object.entries(expected)) {
    t.match(await take(ssh), { exitCode, stdout: '', stderr: message }, ssh);
    t.strictSame(left(), [], ssh);
  }
  t.match(await take('refused', '--dry-run'), { exitCode: 5, stderr: /-T web1 true$/ });
  t.match(await take('missing'), { exitCode: 5, stderr: /ssh-missing/ });
});

void t.test('Ctrl-C leaves nothing behind', async (t) => {
  const { env, words, left } = server(t);
  const [node = '', ...program] = kexecLabCommand;
  const running = execa(node, [...program, ...words('slow')], { env, reject: false });
  for (let seen = ''; !seen.includes('halfway');) {
    const [chunk] = (await once(running.stderr, 'data')) as [Buffer];
    seen += chunk.toString();
  }
  running.kill('SIGINT');
  const { exitCode } = await running;
  t.equal(exitCode, 130);
  t.strictSame(left(), []);
});

void t.test('the script is printed as it is, and a dry run writes nothing', async (t) => {
  const { directory, take } = server(t);
  const { stdout, exitCode } = await kexecLab(['capture', '--script']);
  t.equal(exitCode, 0);
  t.equal(`${stdout}\n`, readFileSync(new URL('../../assets/capture.sh', import.meta.url), 'utf8'));
  const before = digestOf(directory);
  t.match(await take('works', '--dry-run'), { exitCode: 0 });
  t.equal(digestOf(directory), before);
});
