import t from 'tap';
import { firmwareScreen, withScreen } from '../../../src/boot/decide/evidence.ts';
import { diagnoseLog } from '../../../src/boot/diagnose.ts';
import { createScreen } from '../../../src/console/screen.ts';
import { diagnose, readLog } from '../recorded-logs.ts';

for (const arch of ['aarch64', 'arm']) {
  t.test(`EDK2’s setup, as it was painted (${arch})`, async (t) => {
    const bytes = readLog(`${arch}-uefi-setup-menu.log`);
    const screen = createScreen(firmwareScreen);
    screen.feed(bytes);
    const rows = await screen.text();
    t.equal(rows.length, 50);
    t.equal(rows[1], ' QEMU Virtual Machine');
    t.match(rows[9], /^ > Device Manager /);
    t.match(rows[10], /^ > Boot Manager /);
    t.match(rows[47], /\^v=Move Highlight +<Enter>=Select Entry$/);

    const { outcome } = diagnose([bytes]);
    t.equal(outcome.id, 'firmware-stuck');
    t.match(outcome.meaning, /setup menu/);
    const { evidence } = await withScreen(outcome, () => Promise.resolve(rows));
    t.match(evidence[0], { signature: 'edk2-setup' }, 'the cause stays first');
    const shown = evidence.filter(({ signature }) => signature === 'screen');
    t.match(shown[0], { line: null, text: 'QEMU Virtual Machine' });
    t.ok(shown.some(({ text }) => text.startsWith('> Boot Manager')));
  });
}

t.test('only firmware that waits is shown with its screen', async (t) => {
  const { outcome } = diagnose([readLog('post-c1-bye.log')]);
  const screen = (): never => t.fail('not to be asked for') as never;
  t.equal(await withScreen(outcome, screen), outcome);
});

t.test('a screen full of text is cut short', async (t) => {
  const { outcome } = diagnose([readLog('arm-uefi-setup-menu.log')]);
  const rows = Array.from({ length: 50 }, (_, row) => `row ${row}`);
  const { evidence } = await withScreen(outcome, () => Promise.resolve(rows));
  t.equal(evidence.filter(({ signature }) => signature === 'screen').length, 24);
});

t.test('the frame of a menu is not shown, a prompt is', async (t) => {
  const { outcome } = diagnose([readLog('arm-uefi-setup-menu.log')]);
  const rows = ['  /-----\\', '  | *Debian   |', '  |           |', '\u2502   \u2502', '', '=> '];
  const { evidence } = await withScreen(outcome, () => Promise.resolve(rows));
  const shown = evidence.filter(({ signature }) => signature === 'screen').map(({ text }) => text);
  t.same(shown, ['| *Debian  |', '=>']);
});

t.test('a log on disk is read the same way', async (t) => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(readLog('aarch64-uefi-setup-menu.log'));
  }
  const { outcome } = await diagnoseLog(chunks());
  t.ok(outcome.evidence.some(({ text }) => text.startsWith('> Boot Maintenance Manager')));
});
