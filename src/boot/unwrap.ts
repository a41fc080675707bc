import { cleanSegments } from '../console/clean.ts';
import { withoutCapturePrefix } from './capture-prefix.ts';

/**
 * A line of LAVA's job log: `- {"dt": "…", "lvl": "target", "msg": "…"}`. `target` and `feedback` are the console,
 * everything else is LAVA talking about the job. Written by its dispatcher as YAML in one line.
 */
const lavaLine = /^- \{"dt": "[^"]*", "lvl": "(?<level>\w+)", "msg": (?<message>.*)\}$/;

/** Takes off what recording tools wrap a console's lines in; what only the tool said is left out. */
export function unwrap(segments: readonly string[]): string[] {
  // Most logs are no LAVA's, and some have millions of lines.
  if (!segments.some((segment) => segment.startsWith('- {'))) {
    return segments.map(withoutCapturePrefix);
  }
  return segments.flatMap((segment) => {
    const { level, message = '' } = lavaLine.exec(segment)?.groups ?? {};
    if (level === undefined) return [withoutCapturePrefix(segment)];
    return level === 'target' || level === 'feedback' ? cleanSegments(quotedText(message)) : [];
  });
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
