import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from 'execa';
import { execa } from 'execa';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** `nobody`: the ordinary user when the tests themselves run as root. */
const nobody = 65534;
const root = process.getuid?.() === 0;

/** kexec-lab as somebody gets it who installs the package: no repository around it, no rights but an ordinary user's. */
export type Installation = {
  directory: string;
  /** Runs the installed `kexec-lab` in `directory`; resolves whatever the exit code. */
  run(args: string[], options?: Options): ReturnType<typeof execa>;
  /** Runs another program as the same user. */
  runTool(program: string, args: string[]): ReturnType<typeof execa>;
};

/**
 * Packs the repository, installs the tarball in an empty directory, and gives that to an ordinary user. As root, the
 * images' cache is one that belongs to that user and is kept for the next time.
 */
export async function installPackage(): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'kexec-lab-e2e-'));
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', directory], {
    cwd: repository,
  });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  await writeFile(join(directory, 'package.json'), '{"private":true}');
  await execa('npm', ['install', '--no-audit', '--no-fund', `./${filename}`], { cwd: directory });
  await chmod(directory, 0o755);

  const cache = join('/var/tmp', `kexec-lab-e2e-cache-${nobody}`);
  if (root) {
    await mkdir(cache, { recursive: true });
    await chown(cache, nobody, nobody);
    await chown(directory, nobody, nobody);
  }
  const program = join(directory, 'node_modules/.bin/kexec-lab');
  const runAs = (tool: string, args: string[], options: Options = {}) =>
    execa(tool, args, {
      cwd: directory,
      reject: false,
      ...(root && { uid: nobody, gid: nobody }),
      ...options,
      env: { ...(root && { HOME: directory, KEXEC_LAB_CACHE: cache }), ...options.env },
    });
  return {
    directory,
    run: (args, options) => runAs(program, args, options),
    runTool: (tool, args) => runAs(tool, args),
  };
}
