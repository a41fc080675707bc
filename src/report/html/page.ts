import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RunReport } from '../../lab/result.ts';
import type { ConsoleText } from '../console-file.ts';
import { printable } from '../printable.ts';
import type { ShownCase } from './case.ts';
import { caseSection } from './case.ts';
import { element, join, jsonForScript } from './escape.ts';
import { matrix } from './matrix.ts';

/** A case with its console and what was recognised in it: signature ids by line. */
export type PageCase = ShownCase & { console: ConsoleText; signals: Map<number, string[]> };

const asset = (name: string): string =>
  readFileSync(new URL(`../../../assets/${name}`, import.meta.url), 'utf8');

/**
 * The whole report as one document that needs nothing else. Its own policy forbids the network and every script but
 * the one that comes with it, so that even markup that got through could do nothing.
 */
export function page(report: RunReport, cases: readonly PageCase[]): string {
  const script = asset('report.js');
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const consoles = Object.fromEntries(cases.map((each) => [each.reference.id, consoleOf(each)]));
  return element`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>kexec-lab ${report.id}</title>
        <style>
          ${{ markup: asset('report.css') }}
        </style>
      </head>
      <body>
        <header><h1>kexec-lab</h1></header>
        <main>${matrix(report, cases)}${join(cases.map(caseSection))}</main>
        <script type="application/json" id="consoles">
          ${jsonForScript(consoles)}
        </script>
        ${{ markup: `<script>${script}</script>` }}
      </body>
    </html> `.markup;
}

/** What the script shows: per line its seconds and its text, and what marks some of them. */
function consoleOf({ console: { lines, cut }, signals, result }: PageCase) {
  return {
    cut,
    lines: lines.map(({ seconds, text }) => [seconds, printable(text, 1000)]),
    signals: Object.fromEntries(signals),
    evidence: result.evidence.flatMap(({ line }) => line ?? []),
  };
}
