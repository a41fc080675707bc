import { readFileSync } from 'node:fs';
import t from 'tap';
import { bootMachinePage } from '../../../scripts/boot-machine-page.ts';
import { renderDoc } from '../../../scripts/generated-docs.ts';
import type { BootEvent } from '../../../src/boot/machine/context.ts';
import { bootMachine } from '../../../src/boot/machine/machine.ts';
import { heard } from '../../../src/boot/machine/setup.ts';
import type { BootSnapshot } from '../../../src/boot/machine/step.ts';
import { initialSnapshot, step } from '../../../src/boot/machine/step.ts';
import { Recogniser } from '../../../src/boot/recognise/recogniser.ts';
import { BootTracker } from '../../../src/boot/recognise/tracker.ts';
import { LineSplitter } from '../../../src/console/lines.ts';
import { readLog, recordedLogs } from '../recorded-logs.ts';

/** Keeps every state it comes through and every transition it takes. */
class Witness extends BootTracker {
  static readonly snapshots = new Map<string, BootSnapshot>();
  static readonly taken = new Set<string>();
  #before = initialSnapshot;

  override send(event: BootEvent): void {
    super.send(event);
    note(this.#before, event);
    this.#before = step(this.#before, event);
    Witness.snapshots.set(this.state.name, this.#before);
  }
}

/** The transitions that are taken on an event. */
function note({ state, context }: BootSnapshot, event: BootEvent): void {
  for (const taken of bootMachine.getTransitionData(state.node, heard(context, event)))
    Witness.taken.add(nameOf(taken));
}

type Transition = { source: { id: string }; eventType: string; guard?: unknown };

function nameOf({ source, eventType, guard }: Transition): string {
  return `${source.id}: ${eventType}${guard ? ` [${JSON.stringify(guard)}]` : ''}`;
}

function watch(console: Uint8Array, afterwards: BootEvent[] = []): Witness {
  const witness = new Witness();
  const recogniser = new Recogniser();
  const lines = new LineSplitter();
  for (const line of lines.feed(console)) witness.take(recogniser.line(line));
  witness.take(recogniser.peek(lines.rest));
  for (const line of lines.end()) witness.take(recogniser.line(line));
  afterwards.forEach((event) => {
    witness.send(event);
  });
  return witness;
}

const bye = Buffer.from('[    4.000000] kexec_core: Starting new kernel\n[    4.100000] Bye!\n');

function watchEverything(): void {
  for (const { log } of recordedLogs) watch(readLog(log));
  // What only CPU samples tell.
  for (const type of ['cpu-stuck', 'cpu-parked', 'cpu-idle'] as const) {
    watch(bye, [{ type }, { type: 'console-speaks' }]);
  }
  const life = [{ type: 'life' }] as const;
  watch(Buffer.from('[    1.000000] BUG: a\n'), [...life]);
  for (const type of ['cpu-stuck', 'cpu-parked'] as const)
    watch(Buffer.from('[    1.000000] a: b\n'), [{ type }, { type: 'console-speaks' }]);
  for (const type of ['cpu-stuck', 'cpu-parked', 'cpu-waiting'] as const) {
    for (const last of ['Booting Linux Kernel...', 'Exiting boot services...']) {
      watch(Buffer.from(`EFI stub: ${last}\n`), [{ type }, { type: 'console-speaks' }]);
    }
  }
}

watchEverything();

const stages = Object.values(bootMachine.states);
const leaves = stages.flatMap((stage) =>
  Object.keys(stage.states).map((state) => `${stage.key}.${state}`),
);

void t.test('every state is reached by a console, or by a console and CPU samples', (t) => {
  const reached = [...Witness.snapshots.keys()];
  t.strictSame(reached.filter(notInitial).sort(), [...leaves].filter(notInitial).sort());
  t.end();
});

void t.test('every transition of the machine can be taken', (t) => {
  // Each state as it was really reached, each event; a guard that can never hold would show here.
  const signal = { signature: 'x', line: 1, text: '', captures: {}, guestSeconds: null };
  const captures = [{}, { init: '/init' }];
  const snapshots = [...Witness.snapshots.values(), initialSnapshot];
  for (const snapshot of snapshots) {
    for (const type of bootMachine.events) {
      for (const more of [{}, { outcome: 'kernel-panic' }]) {
        for (const captured of captures) {
          const event = { type, ...more, signal: { ...signal, captures: captured } } as BootEvent;
          note(snapshot, event);
        }
      }
    }
  }
  const nodes = [bootMachine.root, ...stages, ...stages.flatMap((s) => Object.values(s.states))];
  const all = nodes.flatMap((node) => [...node.transitions.values()].flat().map(nameOf));
  t.strictSame(
    all.filter((name) => !Witness.taken.has(name)),
    [],
  );
  t.end();
});

void t.test('the machine leaves what it was given alone', (t) => {
  const before = initialSnapshot;
  const frozen = JSON.stringify(before.context);
  const signal = { signature: 'x', line: 1, text: '', captures: {}, guestSeconds: null };
  step(before, { type: 'kernel-starts', signal });
  step(before, { type: 'failure', signal, outcome: 'no-init' });
  t.equal(JSON.stringify(before.context), frozen);
  t.end();
});

void t.test('what the machine remembers is bounded', (t) => {
  const round = Buffer.concat([readLog('reboot-loop.log'), readLog('kexec-loop.log')]);
  const size = (rounds: number): number =>
    JSON.stringify(watch(Buffer.concat(Array<Buffer>(rounds).fill(round))).context).length;
  t.ok(size(50) < size(5) + 200, 'but for longer numbers');
  t.end();
});

void t.test('the page about the machine is current', async (t) => {
  const committed = readFileSync(
    new URL(`../../../${bootMachinePage.file}`, import.meta.url),
    'utf8',
  );
  t.equal(committed, await renderDoc(bootMachinePage), 'if not: npm run docs');
});

/** The state a boot begins in is not entered. */
function notInitial(state: string): boolean {
  return state !== 'firmware.silent';
}
