import { execa } from 'execa';
import t from 'tap';
import { manPage } from '../../scripts/man-page.ts';

t.test('the manual page has every command, and no mistake in its markup', async (t) => {
  const page = await manPage.render();
  for (const name of ['run', 'images build', 'baseline accept', 'completion'])
    t.match(page, `\n.SS ${name}\n`);
  t.match(page, '\n.B \\-\\-max\\-failures <n>\n');
  const groff = ['-man', '-Tutf8', '-ww'];
  const found = await execa('groff', groff, { input: page, reject: false });
  if (found.code === 'ENOENT') {
    t.comment('groff is not installed');
    return;
  }
  t.equal(found.stderr, '');
  const [, summary = 'merge has no summary'] =
    /\n\.SS merge\n(?:\..*\n)*(\w+ \w+ \w+)/.exec(page) ?? [];
  t.match(found.stdout, new RegExp(summary.replaceAll(' ', '\\s+')));
});
