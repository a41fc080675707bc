/**
 * What tools that record consoles put in front of every line: an ISO 8601 time (GitHub Actions, `ts`, cloud
 * consoles, minicom and tio with brackets around it), a time of day, or syslog's date with host and `kernel:`.
 */
const prefix = new RegExp(
  [
    String.raw`^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?:?\s`,
    String.raw`^\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?:?\s`,
    String.raw`^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\s(?:\S+ (?:kernel: |(?=[\w.()-]+(?:\[\d+\])?: )))?`,
  ].join('|'),
);

/** How each of them begins. Most lines of long logs do not. */
const begins = /^(?:\[?\d\d|[A-Z][a-z]{2} )/;

/** The line as the machine wrote it, without a recording tool's time stamp. */
export function withoutCapturePrefix(text: string): string {
  return begins.test(text) ? text.replace(prefix, '') : text;
}
