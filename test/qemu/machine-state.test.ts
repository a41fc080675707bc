import t from 'tap';
import { dumpMemory, parseProgramCounters } from '../../src/qemu/machine-state.ts';

/** Answers `query-dump` with one of these after the other. */
function qmpThatSays(answers: { status: string; completed: number }[]) {
  const asked: string[] = [];
  return {
    asked,
    execute: (command: string, args?: Record<string, unknown>) => {
      asked.push(`${command} ${JSON.stringify(args ?? {})}`);
      if (command !== 'query-dump') return Promise.resolve({});
      return Promise.resolve({
        total: 1000,
        ...(answers.length > 1 ? answers.shift() : answers[0]),
      });
    },
  };
}

/** A clock on which half a minute passes between two readings. */
function slowClock(): () => number {
  let now = 0;
  return () => (now += 30_000);
}

t.test('a dump may take as long as it likes while it gets on', async (t) => {
  const steps = Array.from({ length: 20 }, (_, completed) => ({ status: 'active', completed }));
  const qmp = qmpThatSays([...steps, { status: 'completed', completed: 1000 }]);
  await dumpMemory(qmp, '/run/memory.elf', slowClock());
  t.equal(
    qmp.asked[0],
    'dump-guest-memory {"paging":false,"protocol":"file:/run/memory.elf","detach":true}',
  );
  t.equal(qmp.asked.length, 22);
});

t.test('a dump without progress, and one that fails, are given up', async (t) => {
  const still = qmpThatSays([{ status: 'active', completed: 7 }]);
  await t.rejects(dumpMemory(still, '/memory', slowClock()), {
    message: /\b7 .*\b1000\b/,
    hint: /--out/,
    exitCode: 5,
  });
  const failed = qmpThatSays([{ status: 'failed', completed: 7 }]);
  await t.rejects(dumpMemory(failed, '/memory'), { message: /\b7 .*\b1000\b/, exitCode: 5 });
  t.equal(failed.asked.length, 2, 'a failed dump is not queried again');
});

t.test('program counters of every CPU', (t) => {
  const aarch64 = [
    'CPU#0',
    ' PC=ffff80000801a2c4 X00=0000000000000000 X01=ffff80000a1d3c80',
    'PSTATE=600003c5 -ZC- EL1h     FPU disabled',
    'CPU#1',
    ' PC=0000000040000000 X00=00000000000000ff X01=0000000000000000',
  ].join('\r\n');
  t.same(parseProgramCounters(aarch64), [0xffff80000801a2c4n, 0x40000000n]);
  const arm = [
    'CPU#0',
    'R00=00000000 R01=c1205ac0 R02=00000000 R03=c010d3a0',
    'R12=c1201f58 R13=c1201f38 R14=c010d3dc R15=c010d3a4',
    'PSR=60000013 -ZC- A svc32',
  ].join('\r\n');
  t.same(parseProgramCounters(arm), [0xc010d3a4n]);
  t.end();
});
