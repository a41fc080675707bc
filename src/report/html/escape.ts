import { printable } from '../printable.ts';

/** Markup that is ours, or that has been made harmless. Only `element` and `join` make it. */
export type Html = { readonly markup: string };

/**
 * A template whose values are text, made printable and escaped; `Html` goes in as it is. The one way markup is made, so
 * that forgetting to escape is not possible. Good between tags and in quoted attributes.
 */
export function element(
  parts: TemplateStringsArray,
  ...values: (string | number | Html | null | undefined)[]
): Html {
  const markup = parts.map((part, at) => part + render(values[at])).join('');
  return { markup };
}

export function join(parts: readonly Html[], between = ''): Html {
  return { markup: parts.map(({ markup }) => markup).join(between) };
}

/** A value as JSON for a script element, in which nothing can end the element. */
export function jsonForScript(value: unknown): Html {
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
