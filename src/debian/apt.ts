import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pRetry, { AbortError } from 'p-retry';
import { UnavailableError } from '../errors.ts';
import { runTool } from '../host/processes.ts';
import { parseStanzas, archivePackage, type ArchivePackage } from './mirror.ts';

export type AptOptions = {
  /** Holds apt's sources, lists, cache and dpkg status. Created if missing. */
  directory: string;
  suite: string;
  /** Debian's name for the architecture, such as `arm64`. */
  architecture: string;
  mirror: string;
  signal?: AbortSignal | undefined;
};

const elsewhere =
  'Try again later, or choose another Debian mirror with --mirror URL or KEXEC_LAB_MIRROR.';

/** apt for one suite and architecture, run as an ordinary user and separate from the host's own packages. */
export type Apt = {
  /** Downloads the index. Throws UnavailableError if the network or a signature fails. */
  update(onPercent?: (percent: number) => void): Promise<void>;
  /** The names that begin so, also of packages that others only mention. */
  names(prefix: string): Promise<string[]>;
  /** The newest version of each named package. Names that are not in the archive are left out. */
  show(names: string[]): Promise<ArchivePackage[]>;
  /**
   * Names of all packages that installing those wanted (names or apt-patterns(7)) would add to an empty system.
   * Throws UnavailableError if they cannot be installed together.
   */
  resolve(wanted: readonly string[]): Promise<string[]>;
  /** Downloads packages into `directory` under the names that `debFileName` returns, and verifies them. */
  download(
    wanted: readonly ArchivePackage[],
    directory: string,
    onPercent?: (percent: number) => void,
  ): Promise<void>;
};

/** Prepares the directory of an apt that knows one suite. Downloads nothing. */
export async function openApt(options: AptOptions): Promise<Apt> {
  const { directory, mirror, signal } = options;
  const config = path.join(directory, 'apt.conf');
  for (const sub of ['lists/partial', 'cache/archives/partial', 'etc/preferences.d'])
    await mkdir(path.join(directory, sub), { recursive: true });
  await writeFile(config, aptConfiguration(options));
  await writeFile(path.join(directory, 'etc/debian.sources'), aptSources(options));
  await writeFile(path.join(directory, 'status'), '');

  const aptGet = (args: string[], cwd: string, onPercent?: (percent: number) => void) =>
    withRetries(
      () =>
        runTool('apt-get', ['-c', config, '-o', 'APT::Status-Fd=1', ...args], {
          cwd,
          signal,
          hint: elsewhere,
          onLine: (line) => {
            const percent = /^dlstatus:[^:]*:([\d.]+):/.exec(line)?.[1];
            if (percent !== undefined) onPercent?.(Number(percent));
          },
        }).catch((error: unknown) => {
          const words = error instanceof UnavailableError ? error.message : '';
          if (saysUnusable(words))
            throw new AbortError(new SuiteUnusableError(words, { cause: error, hint: elsewhere }));
          const trouble = unreachableMirror(mirror, words);
          if (trouble === null) throw error;
          // apt has already retried by then.
          throw new AbortError(new UnavailableError(trouble, { cause: error, hint: elsewhere }));
        }),
      signal,
    );
  return {
    async update(onPercent) {
      await aptGet(['update'], directory, onPercent);
    },
    async names(prefix) {
      const { stdout } = await runTool('apt-cache', ['-c', config, 'pkgnames', prefix], { signal });
      return stdout.split('\n').filter(Boolean);
    },
    async show(names) {
      const args = ['-c', config, 'show', '--no-all-versions', ...names];
      const { stdout } = await runTool('apt-cache', args, { signal }).catch((error: unknown) => {
        // apt-cache fails if it knows none of the names. That is a valid answer here.
        if (error instanceof UnavailableError && /No packages found/.test(error.message))
          return { stdout: '' };
        throw error;
      });
      return parseStanzas(stdout).map(archivePackage);
    },
    async resolve(wanted) {
      const simulate = ['--simulate', '--no-install-recommends', '-o', 'Debug::NoLocking=true'];
      const args = ['-c', config, ...simulate, 'install', ...wanted];
      const { stdout } = await runTool('apt-get', args, { signal });
      return installedNames(stdout);
    },
    async download(wanted, target, onPercent) {
      const exact = wanted.map(({ name, version }) => `${name}=${version}`);
      await aptGet(['download', ...exact], target, onPercent);
    },
  };
}

/** The packages that `apt-get --simulate` would install: `Inst libc6 (2.36-9 Debian:12.1/stable [arm64])`. */
export function installedNames(simulation: string): string[] {
  return Array.from(simulation.matchAll(/^Inst ([a-z0-9][a-z0-9+.-]*)/gm), ([, name = '']) => name);
}

/** The file name that apt gives to a downloaded package. */
export function debFileName({ name, version, architecture }: ArchivePackage): string {
  return `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
}

/** Retries failures that may be temporary. */
function withRetries<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return pRetry(attempt, {
    retries: 2,
    minTimeout: 1_000,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Debian's keys, from the package debian-archive-keyring. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** apt reads this after the host's own configuration: the host's proxies stay in effect, its hooks do not. */
function aptConfiguration({ directory, architecture }: AptOptions): string {
  const under = (sub: string) => JSON.stringify(path.join(directory, sub));
  return `APT::Architecture "${architecture}";
#clear APT::Architectures;
APT::Architectures { "${architecture}"; };
Dir::State ${under('')};
Dir::State::Lists ${under('lists')};
Dir::State::status ${under('status')};
Dir::Cache ${under('cache')};
Dir::Cache::pkgcache ${under('cache/pkgcache.bin')};
Dir::Cache::srcpkgcache "";
Dir::Etc::SourceList ${under('etc/debian.sources')};
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
APT::Update::Error-Mode "any";
APT::Sandbox::User "";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
`;
}

/** sources.list(5) in deb822 format: the suite's main packages, accepted only if Debian signed them. */
function aptSources({ mirror, suite, architecture }: AptOptions): string {
  return `Types: deb
URIs: ${mirror}
Suites: ${suite}
Components: main
Architectures: ${architecture}
Targets: Packages
Languages: none
PDiffs: no
Signed-By: ${keyring}
`;
}

/**
 * A suite cannot be used: the mirror lacks it, its architecture or the wanted packages, or its signature cannot be
 * verified. Another suite may work. An unreachable mirror is a different error.
 */
export class SuiteUnusableError extends UnavailableError {}

/** apt's messages for a missing index or package, an expired suite, and a signature that cannot be verified. */
const unusable =
  /404 +Not Found|does not have a Release file|is not signed|NO_PUBKEY|EXPKEYSIG|BADSIG|Release file .* is expired|Unable to locate package|has no installation candidate|unmet dependencies/;

/** Whether apt's error message means that a suite cannot be used. */
export function saysUnusable(words: string): boolean {
  return unusable.test(words);
}

/** apt's messages for a server that it could not connect to or whose name it could not resolve. */
const unreachable =
  /Could not (?:connect to|resolve) .*|Cannot initiate the connection to .*|Unable to connect to .*|(?:Temporary f|F)ailure resolving .*/;

/** Why a mirror cannot be reached, from apt's error message; null if the error is another one. */
function unreachableMirror(mirror: string, words: string): string | null {
  const [reason] = unreachable.exec(words) ?? [];
  return reason === undefined
    ? null
    : `the Debian mirror ${mirror} cannot be reached: ${reason.trim()}`;
}
