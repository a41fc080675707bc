/** Which rules of preflight were applied to a candidate, and why the others were not. */
import type { PreflightDocument } from '../../model/examination.ts';
import type { Kexec } from './load-facts.ts';
import { configuredOffset } from './check-memory.ts';
import { builtPages } from './check-machine.ts';
import { knowsBuiltIn, rootOf, uncheckedDriver } from './check-root.ts';
import type { Gathered, KernelFacts } from './facts.ts';

type Rule = PreflightDocument['found'][number]['rules'][number];

const unknownMachine = 'the machine is unknown; name a scenario';

/** Why nothing could be said about a kernel's pages; null if they were checked. */
function pagesUnchecked(kernel: KernelFacts, kexecs: readonly Kexec[]): string | null {
  if (builtPages(kernel) === null) return 'neither the Image nor a configuration names it';
  if (kexecs.length === 0) return unknownMachine;
  const unknown = kexecs.find(({ machine }) => machine.pageSizes === null);
  return unknown === undefined
    ? null
    : `which pages the CPU ${unknown.machine.cpu} supports is unknown`;
}

function driversUnchecked(roots: Gathered['roots']): string | null {
  const [driver] = roots.flatMap(({ disk }) => uncheckedDriver(disk) ?? []);
  return driver === undefined ? null : `whether the kernel has ${driver} shows only in a boot`;
}

/** The rules that there are for a candidate, and why one could not be applied. */
export function rulesFor({ kernel, initrd, tools, loading, roots, kexecs }: Gathered): Rule[] {
  const { kind, layout, config, release } = kernel;
  const readable = initrd !== null && initrd.trouble === null && initrd.releases !== null;
  const noInitrd = 'none was given; the lab builds one from the modules of the kernel';
  const unread = initrd === null ? noInitrd : readable ? null : 'its files could not be listed';
  const other = roots
    .map(({ cmdline }) => rootOf(cmdline))
    .find((root) => root !== null && !root.startsWith('/dev/'));
  const sized = kind === 'Image' || kind === 'zImage';
  const offset = layout?.textOffset ?? configuredOffset(config?.values);
  const rule = (name: string, notChecked: string | null) => ({ name, notChecked });
  return [
    rule(
      'image format',
      kind === 'zboot' && tools.version === null ? 'the version of kexec-tools is unknown' : null,
    ),
    rule(
      'system call',
      loading.config === null ? 'the configuration of the first kernel is unknown' : null,
    ),
    rule('image length', sized ? null : `a kernel in the format ${kind} does not name its length`),
    rule('interrupt tables', kexecs.length === 0 ? unknownMachine : null),
    ...(kernel.arch === 'arm'
      ? [
          rule(
            'text offset',
            offset === null ? 'neither the zImage nor a configuration names it' : null,
          ),
        ]
      : [rule('page size', pagesUnchecked(kernel, kexecs))]),
    rule('kexec support', config === null ? 'the configuration of the kernel is unknown' : null),
    rule(
      'initramfs archive',
      initrd?.releases === null && initrd.trouble === null
        ? unread
        : initrd === null
          ? noInitrd
          : null,
    ),
    rule(
      'initramfs release',
      unread ??
        (release === null
          ? 'the release of the kernel is unknown'
          : initrd?.releases?.length === 0
            ? 'it has no modules'
            : null),
    ),
    rule('disk and file system drivers', initrd === null ? driversUnchecked(roots) : unread),
    rule(
      'built-in drivers',
      knowsBuiltIn(kernel, initrd) ? null : 'neither modules.builtin nor a configuration was found',
    ),
    rule(
      'root=',
      other === undefined ? null : `${other} is not a device name, and is not looked up`,
    ),
  ];
}
