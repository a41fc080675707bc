import type { ZodError } from 'zod';

/** What is wrong with a record first, in one line: where in it, and what. */
export function firstIssue({ issues: [issue] }: ZodError): string {
  const place = issue?.path.map(String).join('.') ?? '';
  return `${place === '' ? 'the record' : place}: ${issue?.message ?? 'not understood'}`;
}
