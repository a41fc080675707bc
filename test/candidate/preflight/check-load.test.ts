import { readFileSync } from 'node:fs';
import t from 'tap';
import type { Load } from '../../../src/candidate/preflight/check-load.ts';
import type { Finding } from '../../../src/model/examination.ts';
import { checkKexecConfig } from '../../../src/candidate/preflight/check-kernel.ts';
import { checkTextOffset } from '../../../src/candidate/preflight/check-memory.ts';
import {
  checkSystemctl,
  checkEveryWay,
  checkLoad,
} from '../../../src/candidate/preflight/check-load.ts';
import type { KernelFacts } from '../../../src/candidate/preflight/facts.ts';
import type { LoadFacts } from '../../../src/candidate/preflight/load-facts.ts';
import { loadingOf, unpackedBy } from '../../../src/candidate/preflight/load-facts.ts';
import type { Cell, Server } from '../../../scripts/truth-table/data.ts';
import { truthSchema } from '../../../scripts/truth-table/data.ts';

const page = new URL('../../../docs/kexec-truth-table.json', import.meta.url);
const truth = truthSchema.parse(JSON.parse(readFileSync(page, 'utf8')));

const plain: LoadFacts = { way: '', lockdown: null, isSecureBoot: false, config: null };
const config = (options: Record<string, string>) => ({
  name: 'config',
  values: new Map(Object.entries(options)),
});

function load(
  kind: KernelFacts['kind'],
  version: string | null,
  {
    zbootCompression = null,
    arch = 'aarch64',
    unpacks = null,
    ...loading
  }: Partial<Pick<KernelFacts, 'arch' | 'zbootCompression'> & LoadFacts> & {
    unpacks?: ReadonlySet<string> | null;
  } = {},
): Load {
  const unknown = {
    layout: null,
    pageSize: null,
    release: null,
    config: null,
    builtIn: null,
    modules: null,
  };
  return {
    kernel: { arch, name: 'vmlinuz', kind, trouble: null, zbootCompression, ...unknown },
    tools: { version, unpacks, source: 'kexec-tools' },
    loading: { ...plain, ...loading },
  };
}

const ids = (found: ReturnType<typeof checkLoad>) =>
  found.map(({ severity, id }) => `${severity} ${id}`);

/** What preflight says of a cell before anything boots. */
function findingsOf({ arch, way, format, lockdown }: Cell, server: Server): Finding[] {
  const [name = '', compression = null] = format.split('-');
  const kinds: Record<string, KernelFacts['kind']> = { zboot: 'zboot', uki: 'UKI' };
  const isSystemctl = way === 'systemctl' || way === 'systemctl-alone';
  const facts = load(kinds[name] ?? (format as KernelFacts['kind']), server.kexecTools, {
    arch,
    way: isSystemctl ? 'systemctl' : way,
    ...(server.systemd !== null && { systemd: server.systemd }),
    zbootCompression: compression,
    unpacks: new Set(server.unpacks),
    lockdown: lockdown === 'integrity' ? 'lockdown=integrity' : null,
    isSecureBoot: lockdown === 'secure-boot',
    config: config(server.config),
  });
  if (!isSystemctl) return checkLoad(facts);
  return checkSystemctl({ ...facts, tools: way === 'systemctl' ? facts.tools : null });
}

/** What preflight says of the kernel's text offset. All ways but systemctl were given an --image-size. */
function textOffsetOf({ arch, way, format }: Cell, server: Server): Finding[] {
  const kernel = {
    ...load(format as KernelFacts['kind'], null, { arch }).kernel,
    config: config(server.config),
  };
  const isSystemctl = way === 'systemctl' || way === 'systemctl-alone';
  const room = isSystemctl ? { way: 'systemctl' as const } : { reserved: 64 * 2 ** 20 };
  return checkTextOffset(kernel, 0, room);
}

/** The finding that foretells a refusal, by the words of the program and the kernel. */
const foretold: [RegExp, string][] = [
  [/kexec is not available: No such file/, 'kexec-tools-missing'],
  [/kexec_load failed: (?:Operation not permitted|Permission denied)/, 'first-kernel-locked-down'],
  [/syscall kexec_file_load not available/, 'first-kernel-no-file-load'],
  [/Cannot (?:load|determine the file type)/, 'image-format'],
];

void t.test('preflight foretells every cell of the truth table', (t) => {
  let compared = 0;
  for (const cell of truth.cells) {
    const { suite, arch, lockdown, way, format, tried } = cell;
    const server = truth.servers.find((other) => other.suite === suite && other.arch === arch);
    if (server === undefined || tried.as === 'not-tried') continue;
    const where = [suite, arch, lockdown, way, format].join(' ');
    const stops = findingsOf(cell, server).filter(({ severity }) => severity === 'stop');
    compared += 1;
    if (tried.as === 'started' && tried.outcome === 'booted') {
      t.same([...stops, ...textOffsetOf(cell, server)], [], `${where}: nothing`);
      continue;
    }
    if (tried.as === 'started' && tried.outcome === 'kernel-panic') {
      const first = {
        ...load('zImage', null).kernel,
        release: server.kernel,
        config: config(server.config),
      };
      t.match(checkKexecConfig(first), [{ id: 'kexec-crash' }], `${where}: the first kernel dies`);
      continue;
    }
    if (tried.as === 'started' && tried.outcome === 'initramfs-corrupt') {
      t.same(stops, [], where);
      t.match(
        textOffsetOf(cell, server),
        [{ id: 'text-offset' }],
        `${where}: overwrites its initrd`,
      );
      continue;
    }
    const words = tried.tool.join('\n');
    const expected =
      tried.as === 'started'
        ? 'image-format' // loaded as it is, and dead
        : foretold.find(([pattern]) => pattern.test(words))?.[1];
    t.ok(expected, `${where}: ${words}`);
    t.equal(stops[0]?.id, expected, where);
  }
  t.ok(compared > 100, `${compared} cells`);
  t.end();
});

void t.test('an EFI zboot image needs kexec-tools that know it, and the library', (t) => {
  const found = (zbootCompression: string, version: string | null, unpacks?: Set<string>) =>
    ids(checkLoad(load('zboot', version, { zbootCompression, ...(unpacks && { unpacks }) })));
  t.same(found('gzip', '2.0.25'), ['stop image-format']);
  t.same(found('gzip', '2.0.28'), []);
  t.same(found('zstd', '2.0.29'), ['stop image-format']);
  t.same(found('zstd', '2.0.31'), []);
  t.same(found('zstd', '2.0.32', unpackedBy(['libc6', 'zlib1g'])), ['stop image-format']);
  t.same(found('zstd', '2.0.32', unpackedBy(['libzstd1'])), []);
  t.same(found('lz4', '2.0.32'), ['stop image-format']);
  t.same(found('gzip', null), ['warn image-format']);
  t.end();
});

void t.test('without a flag, the version of kexec-tools decides which call is first', (t) => {
  const found = (version: string) => ids(checkLoad(load('uImage', version)));
  t.same(found('2.0.26'), [], '-c');
  t.same(found('2.0.27'), ['stop image-format'], '-a');
  t.same(checkEveryWay(load('uImage', '2.0.32')), [], 'there is a way');
  t.match(checkEveryWay(load('text', '2.0.32')), [{ id: 'image-format' }]);
  t.match(checkEveryWay(load('unknown', null)), [{ id: 'image-format' }]);
  t.end();
});

void t.test('what the running kernel has, and does not permit', (t) => {
  const found = (loading: Partial<LoadFacts>) => ids(checkLoad(load('Image', '2.0.32', loading)));
  const both = config({ CONFIG_KEXEC: 'y', CONFIG_KEXEC_FILE: 'y' });
  const locked = { lockdown: 'lockdown=integrity' };
  t.same(found({ way: '-c', config: config({}) }), ['stop first-kernel-no-load']);
  t.same(found({ way: '-s', config: config({}) }), ['stop first-kernel-no-file-load']);
  t.same(found({ way: '-s', config: both, ...locked }), ['warn first-kernel-needs-signature']);
  t.same(found({ way: '-a', config: both, ...locked }), ['warn first-kernel-needs-signature']);
  t.same(found({ way: '-c', config: both, ...locked }), ['stop first-kernel-locked-down']);
  t.same(found({ way: '-a', ...locked }), ['warn first-kernel-needs-signature']);
  t.same(found({ way: '-a', config: both }), []);
  t.end();
});

void t.test(
  'under Secure Boot, the configuration decides whether the kernel is locked down',
  (t) => {
    const found = (options: Record<string, string> | null) =>
      ids(
        checkLoad(
          load('Image', '2.0.32', {
            way: '-c',
            isSecureBoot: true,
            config: options && config({ CONFIG_KEXEC: 'y', ...options }),
          }),
        ),
      );
    t.same(found(null), ['stop first-kernel-locked-down']);
    t.same(found({ CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT: 'y' }), ['stop first-kernel-locked-down']);
    t.same(found({}), []);
    t.end();
  },
);

void t.test(
  'systemctl kexec runs kexec, which must be there, unless the kernel loads the file',
  (t) => {
    const found = (
      systemd: string | undefined,
      options: Record<string, string> | null,
      {
        isInstalled = true,
        kind = 'Image',
        lockdown = null,
      }: { isInstalled?: boolean; kind?: KernelFacts['kind']; lockdown?: string | null } = {},
    ) => {
      const facts = load(kind, '2.0.25', {
        way: 'systemctl',
        ...(systemd !== undefined && { systemd }),
        lockdown,
        config: options && config({ CONFIG_KEXEC: 'y', ...options }),
      });
      return ids(checkSystemctl({ ...facts, tools: isInstalled ? facts.tools : null }));
    };
    const file = { CONFIG_KEXEC_FILE: 'y' };
    const alone = { isInstalled: false };
    t.same(found('252.39', {}), []);
    t.same(found('252.39', {}, { kind: 'UKI' }), ['stop image-format'], 'as kexec without a flag');
    t.same(found('257.13', file, alone), ['stop kexec-tools-missing']);
    t.same(found(undefined, null, alone), ['stop kexec-tools-missing']);
    t.same(found('262.1', file, alone), []);
    t.same(found('262.1', {}, alone), ['stop kexec-tools-missing']);
    t.same(found('262.1', null, alone), ['warn kexec-tools-missing']);
    const locked = { lockdown: 'lockdown=integrity' };
    t.same(found('262.1', file, { ...alone, ...locked }), ['warn first-kernel-needs-signature']);
    t.same(found('262.1', file, locked), ['warn first-kernel-needs-signature']);
    t.same(found('257.13', file, locked), ['stop first-kernel-locked-down']);
    t.end();
  },
);

void t.test('a scenario says how it loads', (t) => {
  const of = (
    tags: Record<string, string>,
    cmdline = '',
    ...commands: string[]
  ): ReturnType<typeof loadingOf> => {
    const steps = commands.map((command) => ({ do: 'run' as const, command, exit: 0 }));
    const setup = { tags, cmdline, machine: 'aarch64', shape: {} } as never;
    return loadingOf({ setup, steps });
  };
  t.same(of({}), { way: '', lockdown: null, isSecureBoot: false });
  t.match(of({ KEXEC_LAB_FLAGS: '--no-checks,-s' }), { way: '-s' });
  t.match(of({}, '', 'uname -s', 'kexec --kexec-syscall-auto -l /vmlinuz'), { way: '-a' });
  t.match(of({}, 'lockdown=none lockdown=integrity quiet'), { lockdown: 'lockdown=integrity' });
  t.match(of({}, 'lockdown=integrity lockdown=none'), { lockdown: null });
  t.match(of({}, '', 'systemctl kexec'), { way: 'systemctl' });
  t.match(of({}, '', 'kexec -s -l /vmlinuz', 'systemctl kexec'), { way: '-s' });
  const secure = { machine: 'aarch64', shape: { firmware: 'secure-boot' } };
  t.match(loadingOf({ setup: { tags: {}, cmdline: '', ...secure } as never, steps: [] }), {
    isSecureBoot: true,
  });
  t.end();
});
