import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Runner, Step } from './runner.ts';

type ActionFile = {
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: Step[] };
};

type Done = { outcome: 'success' | 'failure' | 'skipped'; outputs: Record<string, string> };

/** What an action did: its outputs, the log of its scripts, and the actions it used with their inputs. */
export type Performed = {
  failed: boolean;
  outputs: Record<string, string>;
  log: string;
  used: { action: string; with: Record<string, string> }[];
};

/**
 * Performs the composite action in a directory, as GitHub's runner does: the scripts for real, of other actions only what
 * they are given. It knows the few kinds of expressions that action.yml has, and throws for any other.
 * @param restored the key that actions/cache/restore is to have found
 */
export async function performAction(
  runner: Runner,
  action: string,
  given: Record<string, string>,
  restored = '',
): Promise<Performed> {
  const file = parse(readFileSync(join(action, 'action.yml'), 'utf8')) as ActionFile;
  const defaults = Object.entries(file.inputs).map(([name, input]) => [name, input.default ?? '']);
  const inputs = { ...(Object.fromEntries(defaults) as Record<string, string>), ...given };
  const steps: Record<string, Done> = {};
  const performed: Performed = { failed: false, outputs: {}, log: '', used: [] };

  const evaluate = (expression: string): string => {
    if (expression === 'toJSON(inputs)') return JSON.stringify(inputs, null, 2);
    if (expression === 'github.action_path') return action;
    const [, id = '', what, output = ''] =
      /^steps\.([\w-]+)\.(outcome|outputs\.([\w-]+))$/.exec(expression) ?? [];
    if (what === undefined) throw new Error(`"${expression}" is not an expression known here`);
    const step = steps[id];
    return (what === 'outcome' ? step?.outcome : step?.outputs[output]) ?? '';
  };
  const expand = (text: string) =>
    text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => evaluate(expression));
  const expandAll = (texts: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, expand(text)]));
  const holds = (condition: string): boolean =>
    condition
      .replace(/^\$\{\{\s*|\s*\}\}$/g, '')
      .split(' && ')
      .every((part) => {
        if (part === '!cancelled()') return true;
        const [, left = '', operator, right = ''] = /^(\S+) (==|!=) '(.*)'$/.exec(part) ?? [];
        return (evaluate(left) === right) === (operator === '==');
      });

  for (const step of file.runs.steps) {
    const done: Done = { outcome: 'skipped', outputs: {} };
    if (step.id !== undefined) steps[step.id] = done;
    if (step.if === undefined ? performed.failed : !holds(step.if)) continue;
    done.outcome = 'success';
    if (step.uses !== undefined) {
      performed.used.push({ action: step.uses, with: expandAll(step.with) });
      done.outputs = { 'cache-matched-key': restored };
      continue;
    }
    const { exitCode, log, outputs } = await runner.script(step.run ?? '', expandAll(step.env));
    performed.log += `${log}\n`;
    done.outputs = outputs;
    if (exitCode !== 0) {
      done.outcome = 'failure';
      performed.failed = true;
    }
  }
  for (const [name, { value }] of Object.entries(file.outputs))
    performed.outputs[name] = expand(value);
  return performed;
}
