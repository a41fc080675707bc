import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { shortage, systemTrouble } from '../../src/host/system-trouble.ts';

function caught(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

t.test('what the host has run out of is the lab’s trouble, with what to do', (t) => {
  const full = shortage(
    caught(() => {
      writeFileSync('/dev/full', 'x');
    }),
  );
  t.match(full, { exitCode: 5, message: 'no space is left on the disk (write)', hint: /--out/ });
  const files = Object.assign(new Error("EMFILE: too many open files, open '/x'"), {
    ...{ code: 'EMFILE', syscall: 'open', path: '/x' },
  });
  t.match(shortage(files), {
    message: 'too many files are open at once (open)',
    hint: /ulimit -n/,
  });
  t.equal(shortage(files)?.place, undefined, 'which file it was is chance');
  t.end();
});

t.test('any other refusal is only where the host alone can be at fault', async (t) => {
  const missing = caught(() => readFileSync('/nonexistent/file'));
  t.equal(shortage(missing), null);
  t.match(systemTrouble(missing), {
    ...{ exitCode: 5, place: '/nonexistent/file', message: 'no such file or directory (open)' },
  });
  const [unstarted] = (await once(spawn('/nonexistent/program'), 'error')) as [unknown];
  t.notMatch(systemTrouble(unstarted)?.message, 'ENOENT:');
  for (const other of [new Error('a bug'), 'text', undefined]) t.equal(systemTrouble(other), null);
});
