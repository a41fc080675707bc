import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/**
 * Sets outputs of the step.
 * @throws UsageError outside GitHub Actions
 */
export function setOutputs(outputs: Record<string, string>): void {
  const file = process.env['GITHUB_OUTPUT'];
  if (file === undefined || file === '') {
    throw new UsageError('GITHUB_OUTPUT is not set', {
      hint: 'This program is a step of a GitHub Action; use kexec-lab itself elsewhere.',
    });
  }
  // A value could hold any line but one it cannot know.
  const end = `end-${randomBytes(16).toString('hex')}`;
  const text = Object.entries(outputs).map(
    ([name, value]) => `${name}<<${end}\n${value}\n${end}\n`,
  );
  appendFileSync(file, text.join(''));
}
