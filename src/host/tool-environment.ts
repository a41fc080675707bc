import { delimiter } from 'node:path';

/** Where Debian keeps sfdisk, mke2fs and depmod; an ordinary user's PATH lacks them. */
const administratorDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** PATH with the administrator's directories behind the user's own. */
export function toolPath(path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'): string {
  return [...new Set([...path.split(delimiter), ...administratorDirectories])].join(delimiter);
}

/** The environment every system tool is run in: all tools found, messages in English. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: toolPath(), LC_ALL: 'C.UTF-8' };
}
