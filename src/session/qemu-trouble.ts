import { setTimeout as sleep } from 'node:timers/promises';
import { UnavailableError } from '../errors.ts';
import type { Machine, MachineExit } from '../qemu/machine.ts';

/** What a signal that ended QEMU usually comes from. */
const origins: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL:
    'Somebody killed it, or the host ran out of memory (see dmesg); run fewer cases at a time with --jobs.',
  SIGXFSZ: 'A file it wrote reached the limit for file sizes; raise it with `ulimit -f unlimited`.',
  SIGXCPU: 'It reached the limit for CPU time; raise it with `ulimit -t unlimited`.',
};

const crashed =
  'QEMU itself has crashed. Run the case again; if it crashes again, try another version with --qemu-dir.';

/**
 * Why QEMU ended, where neither the guest nor the lab had asked for it: killed, crashed, or given up with a message of
 * its own; or had failed the guest before, on the host's disk or in its network. Null where the guest did it (it switched itself off or reset), which is a statement about the guest.
 */
export function qemuTrouble({
  code,
  signal,
  reason,
  stderr,
  asked,
}: MachineExit): UnavailableError | null {
  if (reason?.startsWith('host-disk-error')) {
    return new UnavailableError(`QEMU could not write the guest's disk: ${reason}`, {
      hint: 'Make room on the disk that holds the run directory, or choose another with --out.',
    });
  }
  if (stderr.includes('fork_exec: ')) {
    return new UnavailableError(
      `QEMU could not start a program for the guest's network: ${stderr}`,
      {
        hint: 'Raise the limit for processes (`ulimit -u`), or run fewer cases at a time with --jobs.',
      },
    );
  }
  if (asked || isGuests(reason)) return null;
  const how = signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
  const why = [reason === 'host-signal' ? 'somebody ended it' : reason, stderr].filter(Boolean);
  const hint = reason === 'host-signal' ? undefined : ((signal && origins[signal]) ?? crashed);
  return new UnavailableError(
    `QEMU ended in the middle of the boot (${[how, ...why].join(', ')})`,
    hint === undefined ? {} : { hint },
  );
}

/** Reasons for a shutdown as QMP names them (`ShutdownCause`): the guest's, or a step's that pressed the reset button. */
function isGuests(reason: string | null): boolean {
  if (reason === null) return false;
  return (
    reason.startsWith('guest-') || ['subsystem-reset', 'host-qmp-system-reset'].includes(reason)
  );
}

/**
 * How QEMU ended, if it does within `milliseconds`: what it leaves behind (a closed connection) is often seen before its
 * end is. Null where it stays.
 */
export async function exitSoon(
  { exited }: Pick<Machine, 'exited'>,
  milliseconds = 2000,
): Promise<MachineExit | null> {
  const cancel = new AbortController();
  const waited = sleep(milliseconds, null, { signal: cancel.signal }).catch(() => null);
  try {
    return await Promise.race([exited, waited]);
  } finally {
    cancel.abort();
  }
}
