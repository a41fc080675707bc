/** How a server starts its distribution's kernel with kexec. */
import type { Captured } from './captured.ts';
import { parseAssignments, parseCmdline, parseUnit } from './parse.ts';

export type KexecWay = {
  /**
   * unit: a service that is enabled runs kexec during the boot. script: an init script or rc.local does. reboot: kexec-tools
   * loads the kernel when the system is shut down. none: nothing does.
   */
  by: 'unit' | 'script' | 'reboot' | 'none';
  /** The unit and the scripts, in the order in which they call each other. */
  files: string[];
  /** The words that the script adds to the command line, such as `is_in_kexec=yes`. */
  words: string[];
  /** Whether the running kernel has all of these words: it was started by kexec. */
  isSecond: boolean;
};

/** The word that the usual scripts add, and by which they recognise that a kexec was done. */
export const usualWord = 'is_in_kexec=yes';

/** Finds out how a server kexecs, and whether the kernel that ran during the capture was started that way. */
export function kexecWay(captured: Captured, cmdline: string): KexecWay {
  const found = enabledUnit(captured) ?? startScript(captured) ?? atReboot(captured);
  const words =
    found === null ? [] : found.files.flatMap((file) => wordsOf(captured.read(file) ?? ''));
  const has = new Set(parseCmdline(cmdline));
  return {
    ...(found ?? { by: 'none', files: [] }),
    words: [...new Set(words)],
    isSecond: has.has(usualWord) || (words.length > 0 && words.every((word) => has.has(word))),
  };
}

type Found = Pick<KexecWay, 'by' | 'files'>;

function enabledUnit(captured: Captured): Found | null {
  const wants = captured
    .links()
    .filter(({ path }) => /\.(wants|requires)\/[^/]+\.service$/.test(path));
  for (const { path } of wants) {
    const unit = captured.file(path);
    // A crash kernel is loaded, not started.
    if (unit === null || /kdump/.test(unit.path)) continue;
    const text = captured.read(unit.path) ?? '';
    const scripts = parseUnit(text)
      .commands.flatMap((command) => command.split(/[\s"';]+/))
      .filter((word) => word.startsWith('/') && isKexecScript(captured.read(word) ?? ''));
    const isDirect = /\bkexec\b/.test(parseUnit(text).commands.join('\n'));
    if (scripts.length > 0 || isDirect) return { by: 'unit', files: [unit.path, ...scripts] };
  }
  return null;
}

/** The program kexec has the word in it, too. */
function isKexecScript(text: string): boolean {
  return text.startsWith('#!') && text.includes('kexec');
}

function startScript(captured: Captured): Found | null {
  const isStart = ({ path }: { path: string }) => /^\/etc\/(rc\.local$|local\.d\/)/.test(path);
  const file = captured.files('/etc').find((each) => isStart(each) && each.program);
  if (file === undefined || !/\bkexec\b/.test(captured.read(file.path) ?? '')) return null;
  const text = captured.read(file.path) ?? '';
  const called = captured.files().filter(({ path }) => path !== file.path && text.includes(path));
  return { by: 'script', files: [file.path, ...called.map(({ path }) => path)] };
}

function atReboot(captured: Captured): Found | null {
  const isMasked = ({ path, target }: { path: string; target: string }) =>
    path === '/etc/systemd/system/kexec-load.service' && target === '/dev/null';
  if (captured.links().some(isMasked)) return null;
  const settings = captured.read('/etc/default/kexec');
  if (settings === null || parseAssignments(settings).get('LOAD_KEXEC') !== 'true') return null;
  return { by: 'reboot', files: ['/etc/default/kexec'] };
}

/** The literal parameters in the command lines that a script gives to kexec. */
function wordsOf(text: string): string[] {
  const options = text
    .replace(/^[ \t]*#.*$/gm, '')
    .matchAll(/--(?:append|command-line)[= ](?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+))/g);
  return Array.from(options, ([, double, single, bare]) => double ?? single ?? bare ?? '')
    .map((words) => words.replace(/\$\([^)]*\)|`[^`]*`/g, ' '))
    .flatMap((words) => words.split(/\s+/))
    .filter((word) => /^[\w.-]+(=[^$]*)?$/.test(word) && word !== '');
}
