import type { Html } from './escape.ts';
import { element } from './escape.ts';

/** A box to search in what is shown, and room for what was found. `label` is what it is called aloud. */
export function searchBox(label: string, placeholder: string): Html {
  return element`<div class="tools">
    <input type="search" aria-label="${label}" placeholder="${placeholder} ( / )" /><output
      aria-live="polite"
    ></output>
  </div>`;
}

/** The keys the page's script listens to. */
export function keysHelp(): Html {
  return element`<p class="made">
    Keys: <kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> down and up, <kbd>Enter</kbd> open,
    <kbd>Esc</kbd> back.
  </p>`;
}
