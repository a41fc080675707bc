import * as z from 'zod';
import type { ZodType } from 'zod';
import { didYouMean } from '../text/nearest.ts';

/** A problem in a YAML file, with the path of the value. */
export type Problem = { path: PropertyKey[]; at: 'key' | 'value'; message: string };

type Issue = z.core.$ZodIssue;

/**
 * An issue of a schema in words for the author of the file: one problem, or one per unknown key.
 *
 * @param exists whether the file has a value at a path; missing values are worded differently from wrong ones
 */
export function describeIssue(
  issue: Issue,
  schema: ZodType,
  exists: (path: PropertyKey[]) => boolean,
): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      at: 'key',
      message: within(path, `unknown key "${key}"${didYouMean(key, known) || oneOf(known)}`),
    }));
  }
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? 'invalid key';
    return [{ path, at: 'key', message: within(path, reason) }];
  }
  if (path.length > 0 && !exists(path)) {
    const key = String(path.at(-1));
    return [{ path, at: 'key', message: within(path.slice(0, -1), `"${key}" is missing`) }];
  }
  return [{ path, at: 'value', message: within(path, reasonOf(issue)) }];
}

function reasonOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value': {
      const values = issue.values.map(String);
      const given = typeof issue.input === 'string' ? issue.input : null;
      const suggestion = given === null ? '' : didYouMean(given, values);
      return `${given === null ? 'this' : `"${given}"`} is not valid here${suggestion || oneOf(values)}`;
    }
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}, got ${kindOf(issue.input)}${
        issue.expected === 'string' && typeof issue.input !== 'object' ? ' (put it in quotes)' : ''
      }`;
    case 'invalid_union':
      // The discriminator has a value of none of the variants.
      return 'options' in issue
        ? `this is not valid here${oneOf((issue.options ?? []).map(String))}`
        : issue.message;
    default:
      return issue.message;
  }
}

const kinds: Record<string, string> = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return kinds[typeof value] ?? typeof value;
}

function oneOf(values: string[]): string {
  return values.length === 0 ? '' : `; choose from: ${values.join(', ')}`;
}

function within(path: PropertyKey[], message: string): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}

/** The keys a mapping may have at a path of the schema. */
function keysAt(schema: ZodType, path: PropertyKey[]): string[] {
  type Node = { properties?: Record<string, Node>; items?: Node };
  let node: Node | undefined = z.toJSONSchema(schema, { unrepresentable: 'any' }) as Node;
  for (const step of path) {
    node = typeof step === 'number' ? node?.items : node?.properties?.[String(step)];
  }
  return Object.keys(node?.properties ?? {});
}
