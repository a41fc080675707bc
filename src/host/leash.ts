/**
 * The command that runs `command` so that it cannot outlive this process: the kernel kills it when we die, however we
 * die, and if we were dead before that was arranged it never starts.
 */
export function leash(command: readonly string[]): { program: string; args: string[] } {
  const guard = ['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)];
  return { program: 'setpriv', args: ['--pdeathsig', 'KILL', '--', ...guard, ...command] };
}
