import t from 'tap';
import { describeRecording } from '../../src/report/result-text.ts';
import { result } from './events.ts';

const recording = { directory: 'aarch64/case', outcome: 'bye-hang' as const, boots: 1 };

t.test('the command that plays a recording', (t) => {
  const recorded = result('case', 'aarch64', { directory: 'aarch64/case', recording });
  t.strictSame(describeRecording(recorded, 'runs/1/aarch64/case'), [
    'kexec-lab rewind runs/1/aarch64/case',
  ]);
  t.strictSame(describeRecording({ ...recorded, recording: null }, 'runs/1'), []);
  t.end();
});

t.test('what was recorded where that was another boot', (t) => {
  const other = { ...recording, directory: 'aarch64/case/recorded', boots: 3 };
  const recorded = result('case', 'aarch64', { directory: 'aarch64/case', recording: other });
  const [command, elsewhere, ...rest] = describeRecording(recorded, "it's/aarch64/case");
  t.equal(command, `kexec-lab rewind 'it'\\''s/aarch64/case/recorded'`);
  t.match(elsewhere, /\b3\b.*\bbye-hang\b/);
  t.strictSame(rest, []);
  t.end();
});
