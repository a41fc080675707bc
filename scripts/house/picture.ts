import { doors, roomOf } from '../../doors.js';
import { betweenRooms, readImports } from './imports.ts';

const begin = '<!-- The table below is made from the real imports by `npm run docs`. -->';
const end = '<!-- End of the table. -->';

/** Replaces the picture of the rooms in docs/architecture.md, which is between two comments. */
export function withPicture(page: string, source: string): string {
  const [before, rest = ''] = page.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined)
    throw new Error('docs/architecture.md has lost the comments around the picture');
  return `${before}${begin}\n\n${picture(source)}\n\n${end}${after}`;
}

/** The rooms from the top down, with what each one imports and who imports it. */
function picture(source: string): string {
  const imports = betweenRooms(readImports(source), roomOf);
  const order = Object.keys(doors).reverse();
  const list = (rooms: readonly string[]): string => rooms.map((room) => `\`${room}\``).join(', ');
  const rows = order.map((room) => {
    const targets = order.filter((other) => imports.get(room)?.includes(other));
    return `| \`${room}\` | ${list(targets)} |`;
  });
  return ['| room | imports |', '| --- | --- |', ...rows].join('\n');
}
