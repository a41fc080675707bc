/** A pattern for names as a regular expression for the whole name: `*` is any text, `?` one character. */
export function globPattern(text: string): RegExp {
  const parts = text.split('').map((character) => {
    if (character === '*') return '.*';
    return character === '?' ? '.' : character.replace(/[^\w-]/, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
