import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import t from 'tap';
import { ensureImages } from '../../src/image/ensure-images.ts';
import { startProvider } from '../../src/provider/provider.ts';
import { findQemu } from '../../src/qemu/find-qemu.ts';
import { loadMachineProfile } from '../../src/qemu/machine-profile.ts';
import type { Machine } from '../../src/qemu/machine.ts';
import { startMachine } from '../../src/qemu/machine.ts';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

// A real guest, at a shell in the provider's initramfs, with a route to everywhere, tries to get out.

/** A server on every address of this host that counts who comes. */
async function openListener(t: Test): Promise<{ port: number; visitors: () => number }> {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.on('error', () => undefined).end('welcome\n');
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { port: (server.address() as AddressInfo).port, visitors: () => visitors };
}

/** What the machine prints, and a way to wait for more of it. */
function watchConsole(machine: Machine): (pattern: RegExp) => Promise<string> {
  let printed = '';
  return async (pattern) => {
    for (let tries = 0; tries < 12_000; tries++) {
      printed += Buffer.from(machine.console.read()).toString('latin1');
      const found = pattern.exec(printed);
      if (found !== null) return found[1] ?? found[0];
      await sleep(50);
    }
    throw new Error(`the guest never printed ${String(pattern)}:\n${printed.slice(-2000)}`);
  };
}

async function startGuest(t: Test): Promise<Machine> {
  const request = { kernel: 'provider-kernel', initramfs: 'scaleway-initramfs-vps', disk: null };
  const images = await ensureImages({ arch: 'aarch64', ...request });
  const profile = loadMachineProfile('scaleway-vps');
  const provider = await startProvider({ tags: {}, commercialType: 'VPS' });
  t.teardown(() => provider.stop());
  const spec = {
    profile,
    time: 'host' as const,
    kernel: images.kernel,
    initramfs: images.initramfs,
    cmdline: `${profile.cmdline} INITRD_PRE_SHELL=1 NO_METADATA=1`,
    disks: [],
    onReset: 'exit' as const,
    firmware: null,
    network: { forwards: provider.forwards, ssh: true },
    recording: null,
  };
  const directory = temporaryDirectory(t);
  const machine = await startMachine(spec, await findQemu('aarch64'), { directory });
  t.teardown(() => machine.stop());
  await machine.continue();
  return machine;
}

t.test('a guest reaches its forwards and nothing else', async (t) => {
  const { port, visitors } = await openListener(t);
  const machine = await startGuest(t);
  const seen = watchConsole(machine);
  await seen(/DEBUG SHELL[^]*# /);
  let probes = 0;
  /** The exit code of a command in the guest. What is typed is echoed, so the word to wait for is not in it. */
  const exitCode = async (command: string): Promise<number> => {
    const name = `probe${++probes}`;
    machine.write(`${command}; echo "${name}"=$?\n`);
    return Number(await seen(new RegExp(`${name}=(\\d+)`)));
  };
  const visit = (address: string, where = port): Promise<number> =>
    exitCode(`timeout 5 nc -w 3 ${address} ${where} </dev/null | grep -q .`);

  t.equal(await exitCode('scw-api GET /conf | grep ^ID='), 0, 'its forward answers');
  t.equal(await exitCode('ip route add default via 169.254.42.1'), 0, 'it has a route outside');
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  for (const address of ['169.254.42.1', '127.0.0.1', '10.0.2.2', ...own]) {
    t.not(await visit(address), 0, `${address}:${port}`);
  }
  t.not(await visit('1.1.1.1', 80), 0, 'an address outside');
  t.not(await visit('169.254.42.42', 81), 0, 'another port of a forward');
  t.not(await exitCode('timeout 10 nslookup example.org 169.254.42.3'), 0, 'DNS');
  t.equal(visitors(), 0, 'nobody came');

  t.equal(await text(connect(port, '127.0.0.1')), 'welcome\n', 'who may come is counted');
  t.equal(visitors(), 1);
});
