import type { Document, ErrorCode } from 'yaml';
import { Lexer, LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { ZodType } from 'zod';
import { ScenarioError, UsageError } from '../errors.ts';
import { readInput } from '../host/user-file.ts';
import type { Problem } from './describe-issue.ts';
import { describeIssue } from './describe-issue.ts';

/** Bytes. */
const largestFile = 1024 * 1024;

/** Ten times as many as in the largest known file. Time grows with their square: the parser compares each key with all others. */
const mostTokens = 20_000;

/** Limits how many problems are reported. */
const mostProblems = 20;

/** Replaces messages of the parser that are written for programmers. */
const ourWords: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'duplicate key',
  MULTIPLE_DOCS: 'a second document begins here; a file contains one',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
};

/** Errors after which the parser can continue. */
const recoverable: ReadonlySet<ErrorCode> = new Set([
  'DUPLICATE_KEY',
  'MULTIPLE_DOCS',
  'NON_STRING_KEY',
]);

/** The value of a file, and the 1-based line in which the value at a path begins. */
export type Located<T> = { value: T; lineOf: (path: PropertyKey[]) => number };

/** The schema of a file, or a function that chooses it by the value. */
export type SchemaOf<T> = ZodType<T> | ((value: unknown) => ZodType<T>);

/**
 * Reads and validates a YAML file.
 *
 * @param check finds problems in a valid value that a schema cannot express
 * @throws ScenarioError with every problem of the file, one per line, as `file:line:col: what is wrong`
 */
export function readYamlFile<T>(
  file: string,
  shape: SchemaOf<T>,
  check: (value: T) => Problem[] = () => [],
): Located<T> {
  const lines = new LineCounter();
  const text = readText(file);
  const refuseAt = (problems: Misplaced[]): never => {
    throw new ScenarioError(describeAll(file, lines, problems));
  };
  const excess = excessOf(text);
  if (excess !== null) {
    lines.addNewLine(0);
    for (
      let at = text.indexOf('\n');
      at !== -1 && at < excess.offset;
      at = text.indexOf('\n', at + 1)
    )
      lines.addNewLine(at + 1);
    return refuseAt([excess]);
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  });
  const refuse = (problems: Problem[]) =>
    refuseAt(
      problems
        .slice(0, mostProblems + 1)
        .map(({ path, at, message }) => ({ offset: offsetOf(document, path, at), message })),
    );

  const broken = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (broken.length > 0) {
    // After a syntax error the parser reports errors that are only its consequences.
    const first = broken.findIndex(({ code }) => !recoverable.has(code));
    refuseAt(
      broken.slice(0, first === -1 ? undefined : first + 1).map(({ pos, code, message }) => ({
        offset: pos[0],
        message: ourWords[code] ?? oneLine(message),
      })),
    );
  }
  const written = toValue(document, refuseAt);
  const schema = typeof shape === 'function' ? shape(written) : shape;
  const parsed = schema.safeParse(written, { reportInput: true });
  if (!parsed.success) {
    const exists = (path: PropertyKey[]) => document.hasIn(path);
    return refuse(
      parsed.error.issues
        .slice(0, mostProblems + 1)
        .flatMap((issue) => describeIssue(issue, schema, exists)),
    );
  }
  const problems = check(parsed.data);
  if (problems.length > 0) return refuse(problems);
  const lineOf = (path: PropertyKey[]) => lines.linePos(offsetOf(document, path, 'value')).line;
  return { value: parsed.data, lineOf };
}

/**
 * The place of the first of these values that a file has, as `file:line:col`; only the file if it has none of them, or cannot
 * be read.
 */
export function placeIn(file: string, paths: readonly PropertyKey[][]): string {
  const lines = new LineCounter();
  try {
    const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
    const path = paths.find((candidate) => document.hasIn(candidate));
    if (path === undefined) return file;
    const { line, col } = lines.linePos(offsetOf(document, path, 'key'));
    return `${file}:${line}:${col}`;
  } catch (error) {
    if (error instanceof ScenarioError) return file;
    throw error;
  }
}

type Misplaced = { offset: number; message: string };

/** Problems with their places, in the order of the file, up to the limit. */
function describeAll(file: string, lines: LineCounter, problems: Misplaced[]): string {
  const described = problems
    .map(({ offset, message }) => ({ ...lines.linePos(offset), message }))
    .sort((a, b) => a.line - b.line || a.col - b.col)
    .map(({ line, col, message }) => `${file}:${line}:${col}: ${message}`);
  const more = described.length > mostProblems ? ['This file has more problems.'] : [];
  return [...described.slice(0, mostProblems), ...more].join('\n');
}

/** Where a file exceeds the limit of tokens; null if it does not. */
function excessOf(text: string): Misplaced | null {
  let offset = 0;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > mostTokens)
      return { offset, message: `too many values: the file has more than ${mostTokens} tokens` };
    // Marks of the lexer, which are not in the file.
    if (!['\u0002', '\u0018', '\u001f'].includes(token)) offset += token.length;
  }
  return null;
}

function readText(file: string): string {
  try {
    const bytes = readInput(file, largestFile);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError)
      throw new ScenarioError('this is not UTF-8 text', { place: file, cause: error });
    if (!(error instanceof UsageError)) throw error;
    const { message, hint } = error;
    throw new ScenarioError(message, { place: file, cause: error, ...(hint && { hint }) });
  }
}

/** The plain value. The parser throws for aliases that would expand it excessively. */
function toValue(document: Document.Parsed, refuseAt: (problems: Misplaced[]) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuseAt([{ offset: 0, message: oneLine((error as Error).message) }]);
  }
}

/** The offset of a problem: that of the value, or of the nearest key if `at` says so or the value is missing. */
function offsetOf(document: Document.Parsed, path: PropertyKey[], at: Problem['at']): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
    } else {
      return offset;
    }
    const last = depth === path.length - 1;
    if (last && at === 'value') offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
