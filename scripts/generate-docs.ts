import { writeFileSync } from 'node:fs';
import { generatedDocs, renderDoc } from './generated-docs.ts';

for (const doc of generatedDocs) writeFileSync(doc.file, await renderDoc(doc));
