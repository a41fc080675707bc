import { printable } from './printable.ts';

/** What GitHub shows at most of each kind, per step. */
const mostPerKind = 10;

/** An annotation: a message at a line of a file. */
export type Annotation = {
  kind: 'error' | 'warning';
  title: string;
  /** Left out where it is about no file. */
  file?: string;
  line?: number;
  /** Several lines are fine. */
  message: string;
};

/**
 * Annotations as workflow commands, one line each. No text in them can begin another command or another property: every
 * line break, `%`, and in properties `:` and `,`, is written as its number. Beyond what GitHub shows, the last says how
 * many more there are.
 */
export function annotationCommands(annotations: Annotation[]): string[] {
  return (['error', 'warning'] as const).flatMap((kind) => {
    const ofKind = annotations.filter((annotation) => annotation.kind === kind);
    if (ofKind.length <= mostPerKind) return ofKind.map(annotationCommand);
    const shown = ofKind.slice(0, mostPerKind - 1);
    const more = `${ofKind.length - shown.length} more; the summary names them all`;
    return [...shown.map(annotationCommand), `::${kind} title=kexec-lab::${more}`];
  });
}

/**
 * Text that the log reader must only show. Between the two commands it obeys nothing but the second, whose token no guest
 * knows. They belong around everything that is not ours; `plain` breaks up lines that begin like a command
 * besides.
 */
export function guardOf(token: string) {
  return {
    stop: `::stop-commands::${token}\n`,
    resume: `::${token}::\n`,
  };
}

/** One annotation as a workflow command. */
export function annotationCommand({ kind, title, file, line, message }: Annotation): string {
  const place: Record<string, string> = file === undefined ? {} : { file, line: String(line ?? 1) };
  const properties = { ...place, title };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  const data = message.split('\n').map((text) => printable(text, 1000));
  return `::${kind} ${listed.join(',')}::${escapeData(data.join('\n'))}`;
}

function property(text: string): string {
  return escapeData(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
