import { findRequirement, ensureRequirements } from '../src/host/install.ts';
import type { Requirement } from '../src/host/requirements.ts';

/** What only the tests call; `npm test` installs what is missing, as `doctor --with-deps` does for the lab. */
export const testRequirements: readonly Requirement[] = [
  tool('xmllint', 'libxml2-utils', 'reads the junit reports'),
  tool('shellcheck', 'shellcheck', 'reads the steps of the workflows'),
  tool('busybox', 'busybox', 'is one of the shells that run the capture script'),
  tool('chromium', 'chromium', 'shows the HTML report'),
  tool('gdb-multiarch', 'gdb-multiarch', 'goes back in recorded boots'),
];

/** Where Debian puts them. */
const pythonModules = '/usr/lib/python3/dist-packages';

/** What only `npm run bench` calls. */
export const benchRequirements: readonly Requirement[] = [
  tool(
    `${pythonModules}/pexpect/__init__.py`,
    'python3-pexpect',
    'is what scripts for consoles are written with',
  ),
  tool(`${pythonModules}/labgrid/__init__.py`, 'python3-labgrid', 'has a driver for QEMU'),
];

/** Other names of the browser: Ubuntu has no package of it, but a machine of GitHub's has Chrome. */
const browsers = ['chromium', 'google-chrome', 'chromium-browser'];

/** The browser of the tests. */
export async function findBrowser(): Promise<string | null> {
  for (const name of browsers) {
    const path = await findRequirement({ name });
    if (path !== null) return path;
  }
  return null;
}

/** Installs what is missing of it. */
export async function installTestRequirements(): Promise<void> {
  const browser = await findBrowser();
  const wanted = testRequirements.filter(({ name }) => name !== 'chromium' || browser === null);
  await ensureRequirements(wanted, true);
}

function tool(name: string, packageName: string, why: string): Requirement {
  return { name, package: packageName, purpose: 'boot', why, versionArguments: ['--version'] };
}
