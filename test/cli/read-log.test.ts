import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { openLog } from '../../src/cli/read-log.ts';

async function bytesOf(log: string): Promise<number> {
  let bytes = 0;
  for await (const chunk of await openLog(log)) bytes += chunk.length;
  return bytes;
}

t.test('a log has an end, at every layer of compression', async (t) => {
  const directory = t.testdir({ log: 'a line\n' });
  const file = (name: string, content: Uint8Array): string => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  t.equal(await bytesOf(join(directory, 'log')), 7);
  t.equal(await bytesOf(file('twice', gzipSync(gzipSync('a line\n')))), 7);
  const refuses = async (log: string, message: RegExp) => {
    await t.rejects(bytesOf(log), { exitCode: 2, message, place: log }, log);
  };
  await refuses(file('bomb', gzipSync(Buffer.alloc(150 * 2 ** 20), { level: 1 })), /\b128 MiB\b/);
  await refuses(file('lines', gzipSync('\n'.repeat(4_000_002))), /\b4000000\b/);
  const six = [1, 2, 3, 4, 5, 6].reduce<Buffer>((inner) => gzipSync(inner), Buffer.from('x'));
  await refuses(file('six', six), /\b4\b/);
  truncateSync(file('huge', Buffer.from('x')), 2 ** 40);
  await refuses(join(directory, 'huge'), /\b128 MiB\b.*\b1 TiB\b/);
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  await refuses(join(directory, 'pipe'), /\bpipe\b/);
  await refuses('/dev/zero', /\bdevice\b/);
});
