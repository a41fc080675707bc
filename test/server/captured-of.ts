import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { CapturedEntry } from '../../src/model/server.ts';
import type { Captured } from '../../src/server/captured.ts';
import { openCaptured } from '../../src/server/captured.ts';

/** A capture of texts, files (`/…`), programs (`+/…`) and links (`→…`). */
export function captured(t: Test, contents: Record<string, string | Buffer>): Captured {
  const directory = t.testdir();
  mkdirSync(directory, { recursive: true });
  const contentOf = (sha256: string) => join(directory, sha256);
  const entries = Object.entries(contents).map(([key, content]): CapturedEntry => {
    const path = key.replace(/^\+/, '');
    if (typeof content === 'string' && content.startsWith('→'))
      return { kind: 'link', path, target: content.slice(1) };
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(contentOf(sha256), content);
    const found = { size: Buffer.byteLength(content), sha256 };
    return path.startsWith('/') && !path.startsWith('/proc/') && !path.startsWith('/sys/')
      ? { kind: 'file', path, program: key.startsWith('+'), ...found }
      : { kind: 'text', name: path, ...found };
  });
  const head = {
    schema: 'kexec-lab/server@1' as const,
    capturedBy: 'kexec-lab 1',
    capturedOn: '2026-11-28',
  };
  return openCaptured({ manifest: { ...head, asRoot: true, entries }, contentOf });
}
