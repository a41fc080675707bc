import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

const tools = 'sh env cat flock setpriv printf mkdir kill sleep touch chmod'.split(' ');

/**
 * Gives the test a host on which, besides what lies in /sbin and `programs`, only a few tools are there: PATH is one
 * directory, which is returned. Programs are shell scripts.
 */
export function hostWith(t: Test, programs: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-test-'));
  for (const name of tools) symlinkSync(`/usr/bin/${name}`, join(directory, name));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  const path = process.env['PATH'];
  process.env['PATH'] = directory;
  t.teardown(() => {
    process.env['PATH'] = path;
    rmSync(directory, { recursive: true });
  });
  return directory;
}
