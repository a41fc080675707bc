import { readFileSync } from 'node:fs';
import { historySchema } from '../src/model/history.ts';
import { historyMarkdown } from '../src/report/history-markdown.ts';

/** docs/results.md, from the history that `npm run results` keeps. */
export const resultsPage = {
  file: 'docs/results.md',
  render: () => {
    const history = historySchema.parse(JSON.parse(readFileSync('docs/history.json', 'utf8')));
    return `<!-- Made from docs/history.json by \`npm run docs\`; \`npm run results\` adds what is new. Change neither by hand. -->

# Which of Debian's kernels come up after a kexec

\`npm run results\` asks the archive for its kernels, boots the pairs that are new with \`kexec-lab watch\`, and adds the results to
docs/history.json ([watch.md](watch.md)). The time is the guest's, from the second kernel's start to its initramfs. The option
that helps is \`--image-size\` on 32-bit arm ([upstream.md](upstream.md)); 64 bits need none. What each outcome means is in
[diagnose.md](diagnose.md).

${historyMarkdown(history, 2)}`;
  },
};
