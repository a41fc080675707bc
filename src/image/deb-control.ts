import { runTool } from './run-tool.ts';

/** What a .deb says of itself. */
export type DebControl = { name: string; version: string; architecture: string };

/** Reads a .deb's control file. Throws UnavailableError with dpkg-deb's words when it is no whole .deb. */
export async function readDebControl(file: string, signal?: AbortSignal): Promise<DebControl> {
  const format = '--showformat=${Package}\\n${Version}\\n${Architecture}\\n';
  const { stdout } = await runTool('dpkg-deb', [format, '--show', file], { signal });
  const [name = '', version = '', architecture = ''] = stdout.split('\n');
  return { name, version, architecture };
}

/** Paths in a .deb, without the leading `.`; of links their own. Reads all of it: a truncated one throws. */
export async function listDeb(file: string, signal?: AbortSignal): Promise<string[]> {
  const { stdout } = await runTool('dpkg-deb', ['--contents', file], { signal });
  return stdout
    .split('\n')
    .map((line) => /^\S+ +\S+ +\d+ +\S+ +\S+ \.(\/.*?)(?: -> .*)?$/.exec(line)?.[1])
    .filter((name) => name !== undefined);
}
