import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import t from 'tap';
import { temporaryDirectory } from '../qemu/machine-fixtures.ts';

// Packed, unpacked and type-checked, on a machine that may be slow.
t.setTimeout(1_200_000);

type Manifest = {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  files: string[];
};
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/**
 * The package as npm unpacks it, in an empty directory without a network: of what it depends on, the versions that are
 * locked, and nothing else.
 */
async function install(directory: string): Promise<void> {
  await execa('npm', ['run', '--silent', 'build:types']);
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const { stdout } = await execa('npm', pack);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const home = join(directory, 'node_modules/kexec-lab');
  mkdirSync(home, { recursive: true });
  await execa('tar', ['-xzf', join(directory, filename), '--strip-components=1', '-C', home]);
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  for (const [path, { dev }] of Object.entries(lock.packages))
    if (path !== '' && !dev) cpSync(path, join(directory, path), { recursive: true });
}

const directory = temporaryDirectory(t);
writeFileSync(join(directory, 'package.json'), '{"private":true,"type":"module"}');
await install(directory);
const home = join(directory, 'node_modules/kexec-lab');
const log = join(process.cwd(), 'test/logs/post-c1-bye.log');

const node = (words: string[]) =>
  execa(process.execPath, words, { cwd: directory, reject: false, all: true });

t.test('the dependencies are exactly what the program imports', async (t) => {
  const { stdout } = await execa('grep', ['-rhoE', `(from|import\\() ?'[a-z@][^':]*'`, 'src']);
  const imported = stdout.split('\n').map((line) => {
    const [, name = ''] = /'((?:@[^/]+\/)?[^/']+)/.exec(line) ?? [];
    return name;
  });
  const others = new Set(imported.filter((name) => name !== 'kexec-lab'));
  t.strictSame([...others].sort(), Object.keys(manifest.dependencies).sort());
});

t.test('its program runs without the packages the bundle holds', async (t) => {
  const program = join(home, 'dist/cli/main.js');
  t.match((await node([program, 'list', '--json'])).stdout, 'kexec-to-distro');
  t.match((await node([program, 'schema', 'report'])).stdout, 'kexec-lab/run@1');
  t.equal((await node([program, 'show', 'kexec-to-distro'])).exitCode, 0);
});

t.test('a stack trace names the lines of the sources', async (t) => {
  const thrown = await node([
    '--input-type=module',
    '--eval',
    `process.stdout.write = () => { throw new TypeError('thrown on purpose'); };
     process.argv.splice(1, process.argv.length, 'kexec-lab', 'list');
     await import(${JSON.stringify(join(home, 'dist/cli/main.js'))});`,
  ]);
  t.equal(thrown.exitCode, 3);
  t.match(
    thrown.stderr,
    /TypeError: thrown on purpose\n(.*\n)*? {4}at .*src\/cli\/list\.ts:\d+:\d+/,
  );
});

t.test('its examples do what they say', async (t) => {
  const examples = join(home, 'examples');
  const watched = await node([join(examples, 'diagnose/watch-console.mjs'), log]);
  t.equal(watched.exitCode, 1, watched.all);
  t.match(watched.stdout, /^bye-hang: .*\n {2}6: \[ {2}129\.700758\] Bye!\n/);

  const program = join(home, 'dist/cli/main.js');
  const plan = await node([program, 'run', join(examples, 'init/my-boot.yaml'), '--dry-run']);
  t.equal(plan.exitCode, 0, plan.all);
  t.match(plan.stdout, '# aarch64/my-boot');

  const machine = join(examples, 'machines/arm-server.yaml');
  const tutorial = ['tutorial', '--arch', 'aarch64', '--machine', machine];
  const server = await node([program, 'show', ...tutorial]);
  t.equal(server.exitCode, 0, server.all);
  t.match(server.stdout, 'root /dev/nvme0n1p1');
  t.match(server.stdout, 'virt,gic-version=3,its=on,virtualization=on,acpi=on');
});

t.test('its schemas and its library are exported, and nothing of its inside', async (t) => {
  const script = `
    import { diagnose, outcomeIds, stages } from 'kexec-lab';
    import { createReadStream, readFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    const file = ${JSON.stringify(log)};
    const text = readFileSync(file, 'utf8');
    const forms = [text, readFileSync(file), text.split('\\n'), createReadStream(file)];
    const found = await Promise.all(forms.map((form) => diagnose(form)));
    const wrong = await Promise.all([5, null, {}, ['a', 1], createReadStream(file, 'utf8')]
      .map((form) => diagnose(form).catch((error) => error.name)));
    const stopped = await diagnose(text, { signal: AbortSignal.abort('enough') }).catch(String);
    const schema = createRequire(import.meta.url)('kexec-lab/schemas/diagnosis.json');
    const inside = await import('kexec-lab/dist/cli/main.js').catch((error) => error.code);
    console.log(JSON.stringify({ found, wrong, stopped, schema, inside, outcomeIds, stages }));`;
  const { stdout, all } = await node(['--input-type=module', '--eval', script]);
  const { found, ...others } = JSON.parse(stdout) as { found: object[] };
  t.match(found[0], { schema: 'kexec-lab/diagnosis@1', outcome: 'bye-hang', generation: 1 }, all);
  for (const form of found) t.strictSame(form, found[0]);
  t.match(others, {
    wrong: Array.from({ length: 5 }, () => 'TypeError'),
    stopped: 'enough',
    schema: { title: 'kexec-lab diagnosis' },
    inside: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
    outcomeIds: ['booted', 'bye-hang'],
    stages: ['firmware'],
  });
});

t.test('its types work for a strict project without the types of Node.js', async (t) => {
  writeFileSync(
    join(directory, 'use.ts'),
    `import { diagnose, type LabEvent, type OutcomeId, type RunReport } from 'kexec-lab';
     import schema from 'kexec-lab/schemas/report.json' with { type: 'json' };
     const { outcome, evidence, signals } = await diagnose(['[    1.0] Bye!']);
     export const id: OutcomeId = outcome;
     export const first: string | undefined = evidence[0]?.text ?? signals[0]?.captures['reason'];
     export const failed = ({ results }: RunReport) => results.filter((r) => r.verdict === 'fail');
     export const finished = (e: LabEvent) => (e.type === 'run-finished' ? e.report.exitCode : null);
     export const title: string = schema.title;
     // @ts-expect-error This is not an outcome.
     export const wrong: OutcomeId = 'exploded';
     // @ts-expect-error Text in a stream is refused.
     await diagnose((async function* () { yield 'text'; })());`,
  );
  const checked = await check('use.ts', []);
  t.equal(checked.exitCode, 0, checked.all);
});

t.test('the example in TypeScript is checked with the types of Node.js', async (t) => {
  for (const name of ['@types/node', 'undici-types'])
    cpSync(join('node_modules', name), join(directory, 'node_modules', name), { recursive: true });
  cpSync('examples/diagnose/failures.ts', join(directory, 'failures.ts'));
  const checked = await check('failures.ts', ['node']);
  t.equal(checked.exitCode, 0, checked.all);
});

/** Checks one file as a project whose settings are as strict as they come. */
function check(file: string, types: string[]) {
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    ...{ module: 'nodenext', target: 'es2023', noEmit: true, skipLibCheck: false, types },
  };
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: [file] }),
  );
  return node([join(process.cwd(), 'node_modules/typescript/bin/tsc'), '--project', '.']);
}

t.test('everything the manifest names is there', (t) => {
  for (const file of manifest.files) t.ok(existsSync(join(home, file)), file);
  for (const file of ['README.md', 'LICENSE', 'dist/types/index.d.ts', 'dist/THIRD-PARTY-LICENSES'])
    t.ok(existsSync(join(home, file)), file);
  t.end();
});
