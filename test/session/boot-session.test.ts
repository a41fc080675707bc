import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { TakenSample } from '../../src/boot/cpu/silence.ts';
import type { CpuSample } from '../../src/model/boot.ts';
import type { Machine, MachineExit } from '../../src/qemu/machine.ts';
import { recordingLimit } from '../../src/session/boot-clock.ts';
import { BootSession } from '../../src/session/boot-session.ts';
import { StageClock } from '../../src/session/listeners.ts';
import type { SessionListener } from '../../src/session/listeners.ts';
import { Conductor } from '../../src/steps/conductor.ts';

const banner = '[    0.000000] Booting Linux on physical CPU 0x0\n';
const login = 'Debian GNU/Linux 12 server ttyAMA0\n\nserver login: ';
const limits = { total: 60, silence: 60 };
const never = new AbortController().signal;

type Play = {
  /** Whether the lab reads what is printed before it learns that the machine was powered on. */
  early?: boolean;
  /** What the guest's clock says when asked, and what the guest has printed by then. */
  clock: (asked: number) => { seconds: number; printed?: string };
  sample?: (taken: number) => Partial<CpuSample>;
};

/** A machine that prints `text` when it is powered on, and then what its play says. */
function machine(text: string, { early = false, clock, sample = () => ({}) }: Play): Machine {
  const unread: Buffer[] = [];
  let [ended, asked, taken] = [false, 0, 0];
  let end: (exit: MachineExit) => void = () => undefined;
  const exited = new Promise<MachineExit>((resolve) => (end = resolve));
  const console = {
    get ended() {
      return ended && unread.length === 0;
    },
    read: () => unread.shift() ?? new Uint8Array(),
    async *[Symbol.asyncIterator]() {
      while (!this.ended) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield this.read();
      }
    },
  };
  const machine: Partial<Machine> = {
    console,
    exited,
    continue: async () => {
      unread.push(Buffer.from(text));
      while (early && unread.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    pid: process.pid,
    execute: () => Promise.resolve({ running: true }),
    guestSeconds: () => {
      const { seconds, printed } = clock((asked += 1));
      if (printed !== undefined) unread.push(Buffer.from(printed));
      return Promise.resolve(seconds);
    },
    sample: () => {
      taken += 1;
      const { seconds: guestSeconds } = clock(0);
      const row = { pcs: [4096n], registers: 'the same', cpuMs: taken * 40, asleep: false };
      const times = { at: performance.now(), guestSeconds, executedSeconds: guestSeconds };
      return Promise.resolve({ ...row, runnableMs: taken * 40, ...times, ...sample(taken) });
    },
    stop: () => {
      ended = true;
      end({ code: 0, signal: null, stderr: '', reason: 'host-qmp-quit', asked: true });
      return exited;
    },
  };
  return machine as Machine;
}

/** Watches a machine to its end. */
async function watch(
  watched: Machine,
  {
    recording,
    enough,
    others = [],
  }: {
    recording?: string;
    enough?: (samples: TakenSample[]) => boolean;
    others?: SessionListener[];
  } = {},
) {
  const samples: TakenSample[] = [];
  const stages = new StageClock();
  const stop = new AbortController();
  const sampler: SessionListener = {
    onSample: (taken) => {
      samples.push(taken);
      if (enough?.(samples)) stop.abort();
    },
  };
  const conductor = new Conductor([], { provider: null, keyFile: '', onOutput: () => undefined });
  const signal = enough === undefined ? never : stop.signal;
  const listeners = [stages, sampler, ...others];
  const session = new BootSession(watched, { limits, conductor, recording, listeners, signal });
  try {
    await session.watch();
    await session.end();
  } finally {
    await session.close();
  }
  return { outcome: session.observer.outcome(), samples, stages: stages.times() };
}

t.test('a prompt with a second of the guest’s own silence behind it is the end', async (t) => {
  const { outcome } = await watch(
    machine(banner + login, { clock: (asked) => ({ seconds: 10 * asked }) }),
  );
  t.equal(outcome.id, 'booted');
});

t.test('a boot begins with firmware, however fast its first byte is', async (t) => {
  const clock = (asked: number) => ({ seconds: 10 * asked });
  for (const early of [false, true]) {
    const { stages } = await watch(machine(banner + login, { early, clock }));
    t.strictSame(
      stages.map(({ generation, name }) => `${generation} ${name}`),
      ['0 firmware', '1 kernel', '1 userspace'],
    );
  }
});

t.test('what the guest printed before its clock was read comes before that reading', async (t) => {
  // At its prompt the guest has hours to skip, and panics at the end of the first. Somebody who believed the clock before
  // emptying the pipe would have seen a quiet prompt.
  const panic = '\n[ 3600.000000] Kernel panic - not syncing: Attempted to kill init!\n';
  // A host that stands still for a moment has a silence of its own, and the clock is not asked; then once more.
  for (let lastAsked = 0; lastAsked < 3;) {
    lastAsked = 0;
    const { outcome } = await watch(
      machine(banner + login, {
        clock: (asked) => {
          lastAsked = asked;
          return asked === 3
            ? { seconds: 3600, printed: panic }
            : { seconds: Math.max(asked - 2, 0) * 1800 };
        },
      }),
    );
    if (lastAsked >= 3) t.equal(outcome.id, 'kernel-panic');
  }
});

t.test('a guest that gets on is looked at less often', async (t) => {
  const distances = (samples: TakenSample[]): number[] =>
    samples.slice(1).map(({ sample }, index) => sample.at - (samples[index]?.sample.at ?? 0));
  const looks = async (
    registers: (taken: number) => string,
    enough: (samples: TakenSample[]) => boolean,
  ): Promise<number[]> => {
    const sample = (taken: number) => ({ registers: registers(taken) });
    const guest = machine(banner, { clock: () => ({ seconds: 1 }), sample });
    return distances((await watch(guest, { enough })).samples);
  };
  // A distance has a least, however busy the host is; the other one comes to be seen sooner or later.
  const least = 140;
  const changing = await looks(
    (taken) => `state ${taken}`,
    (samples) => samples.length === 6,
  );
  t.ok(
    changing.slice(1).every((distance) => distance > least),
    changing.join(' '),
  );
  await looks(
    () => 'one state',
    (samples) =>
      distances(samples)
        .slice(1)
        .some((distance) => distance < least),
  );
});

t.test('a recording that grows without end is stopped', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'kexec-lab-test-'));
  t.teardown(() => {
    rmSync(directory, { recursive: true });
  });
  const recording = join(directory, 'events');
  writeFileSync(recording, '');
  truncateSync(recording, recordingLimit + 1);
  const { outcome } = await watch(machine(banner, { clock: () => ({ seconds: 1 }) }), {
    recording,
  });
  t.match(outcome.evidence.at(-1)?.text, /\b1024 MiB\b/);
});

t.test('listeners are called in order, and hear every byte and every line once', async (t) => {
  const heard: string[] = [];
  const listener = (name: string): SessionListener => ({
    onBytes: () => void heard.push(`${name} bytes`),
    onLine: ({ line, text }) => void heard.push(`${name} line ${line} ${text}`),
    onSignal: ({ signature }, place) =>
      void heard.push(`${name} ${signature} in ${place.generation} at ${place.line}`),
    onPlace: ({ line }) => void heard.push(`${name} place ${line}`),
    onEnd: () => void heard.push(`${name} end`),
  });
  await watch(machine(banner + login, { clock: (asked) => ({ seconds: 10 * asked }) }), {
    others: [listener('a'), listener('b')],
  });
  t.strictSame(
    heard.filter((one) => one.startsWith('a ')),
    heard.filter((one) => one.startsWith('b ')).map((one) => one.replace('b ', 'a ')),
  );
  t.strictSame(
    heard.filter((one) => /bytes|line|booting|place/.test(one)),
    [
      ...['a bytes', 'b bytes'],
      ...['a', 'b'].map((name) => `${name} line 1 ${banner.trim()}`),
      ...['a', 'b'].map((name) => `${name} kernel-booting in 1 at 1`),
      ...['a', 'b'].map((name) => `${name} line 2 Debian GNU/Linux 12 server ttyAMA0`),
      ...['a', 'b'].map((name) => `${name} line 3 `),
      ...['a place 3', 'b place 3'],
      ...['a', 'b'].map((name) => `${name} line 4 server login: `),
    ],
  );
  t.ok(heard.indexOf('a end') < heard.indexOf('a line 4 server login: '), 'the rest is heard, too');
});

t.test('an error of a listener ends the boot, and the machine', async (t) => {
  const full = new Error('the disk is full');
  const guest = machine(banner + login, { clock: () => ({ seconds: 1 }) });
  const others: SessionListener[] = [
    {
      onLine: () => {
        throw full;
      },
    },
  ];
  await t.rejects(watch(guest, { others }), full);
  t.match(await guest.exited, { asked: true });
});

t.test('a long boot leaves nothing on the promises that outlive it', async (t) => {
  const guest = machine(banner, { clock: () => ({ seconds: 1 }) });
  let reactions = 0;
  const { exited } = guest;
  const then = exited.then.bind(exited);
  exited.then = ((...callbacks: Parameters<typeof then>) => {
    reactions += 1;
    return then(...callbacks);
  }) as typeof exited.then;
  await watch(guest, { enough: (samples) => samples.length === 8 });
  t.ok(reactions < 12, `${reactions} reactions`);
});
