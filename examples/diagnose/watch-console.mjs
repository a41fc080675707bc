// Says what a saved serial log shows, as a library does it: node watch-console.mjs ttyS0.log
// Exit code 0 where the machine came up, 1 where it did not.
import { createReadStream } from 'node:fs';
import { diagnose } from 'kexec-lab';

const [file = 'console.log'] = process.argv.slice(2);
const { outcome, meaning, cure, evidence } = await diagnose(createReadStream(file));

console.log(`${outcome}: ${meaning}`);
for (const { line, text } of evidence) console.log(`  ${line ?? '-'}: ${text}`);
if (cure !== '') console.log(cure);
process.exitCode = outcome === 'booted' ? 0 : 1;
