import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownDirectory } from '../../host/own-directory.ts';
import type { Html } from './escape.ts';
import { element, jsonForScript } from './escape.ts';

const asset = (name: string): string => readFileSync(join(ownDirectory, 'assets', name), 'utf8');

/**
 * A document that needs nothing else. Its own policy forbids the network and every script but the one that comes with
 * it, so that even markup that got through could do nothing.
 *
 * @param consoles what the script shows, by the id of the section it shows it in
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
