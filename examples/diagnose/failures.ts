// The failures of a finished run, from its events: node failures.ts runs/latest/events.jsonl (Node.js 22.18 or newer)
import { readFileSync } from 'node:fs';
import type { CaseResult, LabEvent } from 'kexec-lab';

export function failuresIn(events: string): CaseResult[] {
  return events
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LabEvent)
    .flatMap((event) => (event.type === 'case-finished' ? [event.result] : []))
    .filter(({ verdict }) => verdict !== 'pass');
}

for (const { arch, scenario, outcome, meaning } of failuresIn(
  readFileSync(process.argv[2] ?? 'runs/latest/events.jsonl', 'utf8'),
)) {
  console.log(`${arch}/${scenario}: ${outcome ?? 'no outcome'}: ${meaning}`);
}
