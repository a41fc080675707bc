/**
 * Changes the lines that contain `hint`, which is global. Most lines of a log contain nothing that is searched, and a search
 * for a few words is much faster than the patterns that need them.
 */
export function changeLines(text: string, hint: RegExp, change: (line: string) => string): string {
  let [result, done] = ['', 0];
  hint.lastIndex = 0;
  for (let match = hint.exec(text); match !== null; match = hint.exec(text)) {
    const start = text.lastIndexOf('\n', match.index) + 1;
    const newline = text.indexOf('\n', match.index);
    const end = newline === -1 ? text.length : newline;
    result += text.slice(done, start) + change(text.slice(start, end));
    done = end;
    hint.lastIndex = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

/**
 * Applies `change`, which changes each line without looking at the others and keeps their number, until nothing changes.
 * Later rounds see only the lines that changed.
 */
export function untilStable(text: string, change: (text: string) => string): string {
  const changed = change(text);
  if (changed === text) return text;
  const [before, lines] = [text.split('\n'), changed.split('\n')];
  const places = [...lines.keys()].filter((at) => lines[at] !== before[at]);
  const again = untilStable(places.map((at) => lines[at]).join('\n'), change).split('\n');
  for (const [index, at] of places.entries()) lines[at] = again[index] ?? '';
  return lines.join('\n');
}
