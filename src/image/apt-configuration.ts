import path from 'node:path';
import type { AptOptions } from './apt.ts';

/** Debian's own keys, from the package debian-archive-keyring. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Read by apt after the host's own configuration, so that its proxies stay and its hooks do not. */
export function aptConfiguration({ directory, architecture }: AptOptions): string {
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

/** sources.list(5) in deb822 format: the suite's main packages, believed only if Debian signed them. */
export function aptSources({ mirror, suite, architecture }: AptOptions): string {
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
