import { cleanSegments } from '../console/clean.ts';

/**
 * A line of LAVA's job log: `- {"dt": "…", "lvl": "target", "msg": "…"}`. `target` and `feedback` are the console,
 * everything else is LAVA talking about the job. Written by its dispatcher as YAML in one line.
 */
const lavaLine = /^- \{"dt": "[^"]*", "lvl": "(?<level>\w+)", "msg": (?<message>.*)\}$/;

/** Takes a console's lines out of LAVA's; what only LAVA said is left out. The same array where there is none. */
export function unwrap(segments: string[]): string[] {
  // Most logs are no LAVA's, and some have millions of lines.
  if (!segments.some(isWrapped)) return segments;
  return segments.flatMap((segment) => {
    const { level, message = '' } = lavaLine.exec(segment)?.groups ?? {};
    if (level === undefined) return [segment];
    return level === 'target' || level === 'feedback' ? cleanSegments(quotedText(message)) : [];
  });
}

/** Whether it may be such a line. */
export function isWrapped(text: string): boolean {
  return text.startsWith('- {"dt"');
}

/** The text of a double-quoted YAML string, whose escapes are JSON's and a few more; as it stands where it is none. */
function quotedText(yaml: string): string {
  const json = yaml
    .replace(/\\x([0-9A-Fa-f]{2})/g, '\\u00$1')
    .replace(/\\e/g, '\\u001b')
    .replace(/\\0/g, '\\u0000');
  try {
    return String(JSON.parse(json));
  } catch {
    return yaml;
  }
}
