import type { AbuseCase } from './abuse-case.ts';
import type { Ended } from './run-case.ts';
import { bars } from './run-case.ts';

/** What no output may hold, whatever the input says. */
const never: { pattern: RegExp; what: string }[] = [
  { pattern: /^internal error:/m, what: 'an internal error' },
  {
    pattern: /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
    what: 'control characters',
  },
  { pattern: /\bE[A-Z]{3,}: /, what: "Node's own words for an error" },
  { pattern: /^\s+at .*\(.*:\d+:\d+\)$/m, what: 'a stack trace' },
];

/** A line that a CI system would obey. */
const command = /^\s*(::[a-z]|##(vso|teamcity)?\[|##\[|##teamcity\[)/m;

/** What is wrong with how a case ended, one phrase each; none where all is well. */
export function missesOf(
  { codes, says, commandsAllowed = false }: AbuseCase,
  { code, seconds, mebibytes, output, leftBehind }: Ended,
): string[] {
  return [
    ...(code !== null && codes.includes(code)
      ? []
      : [`exit code ${code ?? 'none'}, not ${codes.join(' or ')}`]),
    ...(seconds < bars.seconds ? [] : [`${seconds.toFixed(1)} s`]),
    ...(mebibytes < bars.mebibytes ? [] : [`${mebibytes.toFixed(0)} MiB`]),
    ...never
      .filter(({ pattern }) => pattern.test(output))
      .map(({ what }) => `${what} in the output`),
    ...(!commandsAllowed && command.test(output)
      ? ['a command for a CI system in the output']
      : []),
    ...(says === undefined || says.test(output) ? [] : [`it does not say ${says.source}`]),
    ...leftBehind.map((what) => `left behind: ${what}`),
  ];
}
