import { readFileSync } from 'node:fs';
import t from 'tap';
import { generatedDocs, renderDoc } from '../../scripts/generated-docs.ts';

t.test('the committed documents are what their sources say', async (t) => {
  for (const doc of generatedDocs) {
    t.equal(readFileSync(doc.file, 'utf8'), await renderDoc(doc), `${doc.file} (npm run docs)`);
  }
});
