import { readdirSync, readFileSync } from 'node:fs';

/** MiB that a process and all its descendants have taken at their peaks, as far as they still live. */
export function peakOfTree(root: number): number {
  let kibibytes = 0;
  const waiting = [String(root)];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    kibibytes += peakOf(pid);
    waiting.push(...childrenOf(pid));
  }
  return kibibytes / 1024;
}

function peakOf(pid: string): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function childrenOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean),
    );
  } catch {
    return [];
  }
}

/** Nothing of a process that has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
