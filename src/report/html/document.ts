import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownDirectory } from '../../host/directories.ts';
import type { CaseResult } from '../../model/result.ts';
import type { ConsoleText } from '../console-file.ts';
import { printable } from '../printable.ts';

const asset = (name: string): string => readFileSync(join(ownDirectory, 'assets', name), 'utf8');

/**
 * A self-contained document. Its content security policy forbids the network and all scripts other than its own, in case
 * markup of a guest should get through.
 *
 * @param consoles data for the script, by the id of the section in which it is shown
 */
export function htmlDocument(
  title: string,
  body: Html,
  consoles: ReadonlyMap<string, unknown>,
): string {
  const script = asset('report.js');
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return element`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${{ markup: asset('report.css') }}
        </style>
      </head>
      <body>
        <header><h1>kexec-lab</h1></header>
        <main>${body}</main>
        <script type="application/json" id="consoles">
          ${jsonForScript(Object.fromEntries(consoles))}
        </script>
        ${{ markup: `<script>${script}</script>` }}
      </body>
    </html> `.markup;
}

/** Trusted or escaped markup. Only `element`, `concat` and `jsonForScript` create it. */
export type Html = { readonly markup: string };

/**
 * A template whose values are made printable and escaped; `Html` is inserted as it is. All markup is created here, so that
 * escaping cannot be forgotten. Values may be between tags and in quoted attributes.
 */
export function element(
  parts: TemplateStringsArray,
  ...values: (string | number | Html | null | undefined)[]
): Html {
  const markup = parts.map((part, at) => part + render(values[at])).join('');
  return { markup };
}

export function concat(parts: readonly Html[]): Html {
  return { markup: parts.map(({ markup }) => markup).join('') };
}

/** A search box with an output for the number of hits. `label` is read out by screen readers. */
export function searchBox(label: string, placeholder: string): Html {
  return element`<div class="tools">
    <input type="search" aria-label="${label}" placeholder="${placeholder} ( / )" /><output
      aria-live="polite"
    ></output>
  </div>`;
}

/** Help for the keys of the script. */
export function keysHelp(): Html {
  return element`<p class="made">
    Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> down and up, <kbd>Enter</kbd> open,
    <kbd>Esc</kbd> back.
  </p>`;
}

/** A console and the signature ids that were recognised, by line. */
export type ShownConsole = { console: ConsoleText; signals: ReadonlyMap<number, string[]> };

/** Data of a console for the script: seconds and text of each line, signals, and the lines that are evidence. */
export function consoleData({ console, signals }: ShownConsole, { evidence }: CaseResult) {
  return {
    cut: console.cut,
    lines: console.lines.map(({ seconds, text }) => [seconds, printable(text, 1000)]),
    signals: Object.fromEntries(signals),
    evidence: evidence.flatMap(({ line }) => line ?? []),
  };
}

/** A value as JSON for a script element; no text in it can end the element. */
function jsonForScript(value: unknown): Html {
  const markup = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return { markup };
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function render(value: string | number | Html | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return value.markup;
  return printable(String(value), 4000).replace(/[&<>"]/g, (found) => entities[found] ?? found);
}
