import { UnavailableError } from '../errors.ts';
import type { Qmp } from './qmp.ts';

/**
 * The port of the host's loopback behind which the guest's port 22 is. QEMU lets the system choose it, so that machines
 * never compete for one.
 * @throws UnavailableError when QEMU is gone, or the machine has no such forward.
 */
export async function readSshPort(qmp: Qmp): Promise<number> {
  const connections = await qmp.execute('human-monitor-command', {
    'command-line': 'info usernet',
  });
  const port = parseSshPort(String(connections));
  if (port === undefined) throw new UnavailableError('the machine has no forward to its ssh port');
  return port;
}

/** From a line such as `TCP[HOST_FORWARD]  12  127.0.0.1 34567  169.254.42.15  22  0  0`. */
export function parseSshPort(usernet: string): number | undefined {
  const port = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\s/m.exec(usernet);
  return port === null ? undefined : Number(port[1]);
}
