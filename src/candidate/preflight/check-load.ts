import type { Finding } from '../../model/examination.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Call } from './check-first-kernel.ts';
import { checkKernel, noFileLoad } from './check-first-kernel.ts';
import type { Facts, KernelFacts } from './facts.ts';
import type { LoadFacts, ToolsFacts } from './load-facts.ts';

/** The facts that decide whether a kernel is loaded. */
export type Load = Pick<Facts, 'kernel' | 'tools' | 'loading'>;

/**
 * Why kexec or the running kernel refuses to load this kernel: what fails first comes first. docs/kexec-truth-table.md shows what
 * each rule rests on; the numbers of versions come from the commits of kexec-tools.
 */
export function checkLoad(load: Load): Finding[] {
  const { loading, tools } = load;
  const [first, second] = callsOf(loading.way, tools);
  const refused = checkCall(first, load);
  if (second === null) return refused;
  if (refused[0]?.id === noFileLoad) return checkCall(second, load);
  // kexec does not fall back if it cannot read the file for the first call.
  if (refused.length > 0 || loading.config !== null) return refused;
  // The first kernel has the first call, or needs the second.
  return checkCall(second, load).map((finding) => ({ ...finding, severity: 'warn' }));
}

/** Why these kexec-tools load the kernel in no way, whatever the first kernel is; empty if there is a way. */
export function checkEveryWay(load: Omit<Load, 'loading'>): Finding[] {
  const [one = [], other = []] = (['-c', '-s'] as const).map((way) =>
    checkLoad({
      ...load,
      loading: { way, lockdown: null, isSecureBoot: false, config: null },
    }).filter(({ id, severity }) => id === 'image-format' && severity === 'stop'),
  );
  return other.length === 0 ? [] : one;
}

/** Without a flag, kexec does what `-c` does, and from 2.0.27 on (commit 29fe5067ed07) what `-a` does. */
function callsOf(way: LoadFacts['way'], { version }: ToolsFacts): [Call, Call | null] {
  if (way === '-s') return ['kexec_file_load', null];
  const isAuto = way === '-a' || (way === '' && version !== null && !isBefore(version, '2.0.27'));
  return isAuto ? ['kexec_file_load', 'kexec_load'] : ['kexec_load', null];
}

function isBefore(version: string, since: string): boolean {
  return compareVersions(version, since) < 0;
}

/** On 32-bit arm, kexec takes every file for a kernel, so the system call fails first. */
function checkCall(call: Call, load: Load): Finding[] {
  const [format, kernel] = [checkFormat(call, load), checkKernel(call, load)];
  return load.kernel.arch === 'arm' ? [...kernel, ...format] : [...format, ...kernel];
}

/** Whether these kexec-tools read the file for this call. */
function checkFormat(call: Call, { kernel, tools }: Load): Finding[] {
  switch (kernel.kind) {
    case 'Image':
    case 'zImage':
      return [];
    case 'gzip':
      return checkGzip(kernel, tools);
    case 'zboot':
      return checkZboot(kernel, tools);
    case 'UKI':
      return checkUki(call, kernel, tools);
    case 'uImage':
      return call === 'kexec_load'
        ? []
        : [
            notLoaded(
              kernel,
              'a uImage, which kexec -s and -a do not load',
              'Use kexec -c, or unpack it (dumpimage).',
            ),
          ];
    case 'ELF':
      return kernel.arch === 'aarch64'
        ? []
        : [
            notLoaded(
              kernel,
              'an ELF file, which kexec-tools cannot load on this architecture',
              'Use the zImage.',
            ),
          ];
    case 'text':
    case 'unknown':
      return [
        notLoaded(
          kernel,
          'not in a known format, so kexec-tools cannot load it',
          'Check which file was given.',
        ),
      ];
  }
}

/**
 * kexec.c unpacks a file for kexec_load with zlib; kexec_file_load gets it unpacked from every version. Without zlib, kexec for arm
 * takes the compressed file for a kernel: it loads it and jumps into it.
 */
function checkGzip(kernel: KernelFacts, tools: ToolsFacts): Finding[] {
  if (tools.unpacks === null || tools.unpacks.has('gzip')) return [];
  const what = `compressed with gzip, and ${withoutLibrary}`;
  return [notLoaded(kernel, what, 'Unpack it (gunzip).', tools)];
}

const withoutLibrary = 'these kexec-tools were built without the library that unpacks it';

/**
 * The first kexec-tools that load EFI zboot images, by compression: for `kexec -l` on arm64 since commit 8f08e3b51f25
 * (2.0.28), compressed with zstd since a7fcd424a4c8 (2.0.31). lz4 and xz are not supported. gzip, lzma and zstd need a library.
 */
const zbootSince: Record<string, string> = { gzip: '2.0.28', lzma: '2.0.28', zstd: '2.0.31' };

function checkZboot(kernel: KernelFacts, tools: ToolsFacts): Finding[] {
  const compression = kernel.zbootCompression ?? 'unknown';
  const since = zbootSince[compression];
  const what = `an EFI zboot image (${compression})`;
  const advice = 'Unpack it to a plain Image on the server, or build one with CONFIG_EFI_ZBOOT=n.';
  if (since === undefined)
    return [notLoaded(kernel, `${what}, which kexec-tools cannot load`, advice)];
  const needs = `${what}, which kexec-tools load from version ${since} on`;
  if (tools.version === null)
    return [
      {
        ...notLoaded(
          kernel,
          `${needs}. The version of these kexec-tools is unknown`,
          advice,
          tools,
        ),
        severity: 'warn',
      },
    ];
  if (isBefore(tools.version, since)) {
    const newer = `Use kexec-tools ${since} or later. Otherwise: ${advice}`;
    return [notLoaded(kernel, `${needs}. These are version ${tools.version}`, newer, tools)];
  }
  if (tools.unpacks !== null && !tools.unpacks.has(compression))
    return [notLoaded(kernel, `${what}, and ${withoutLibrary}`, advice, tools)];
  return [];
}

/**
 * kexec-tools read UKIs from 2.0.30 on (commit 0c72c4452a8a), for kexec_file_load only: for kexec_load, uki_image_load of
 * kexec/kexec-uki.c hands the whole file to the loader of the kernel in it, up to 2.0.32 at least.
 */
function checkUki(call: Call, kernel: KernelFacts, { version, source }: ToolsFacts): Finding[] {
  const isRead = version === null || !isBefore(version, '2.0.30');
  if (call === 'kexec_file_load' && isRead) return [];
  const what = isRead
    ? 'a unified kernel image (UKI), which kexec-tools load with kexec_file_load only'
    : `a unified kernel image (UKI), which kexec-tools read from version 2.0.30 on. These are version ${version}`;
  const advice =
    'Load the kernel and the initrd in it: objcopy -O binary --only-section=.linux UKI vmlinuz, and the same for .initrd.';
  return [notLoaded(kernel, what, advice, { source })];
}

function notLoaded(
  { name }: KernelFacts,
  what: string,
  advice: string,
  tools?: Pick<ToolsFacts, 'source'>,
): Finding {
  return {
    id: 'image-format',
    severity: 'stop',
    message: `This kernel is ${what}.`,
    advice,
    source: tools === undefined ? name : `${name}, ${tools.source}`,
  };
}

/** A load by systemctl. Tools are null if kexec-tools are not installed. */
type SystemctlLoad = Omit<Load, 'tools'> & { tools: ToolsFacts | null };

/**
 * Why `systemctl kexec` does not load a kernel, if none was loaded before: the default boot loader entry names the file.
 * systemd 252 and 257 run `kexec --load` without a flag, and check first that the program exists. 262 calls
 * kexec_file_load itself, and runs kexec only if the call fails. (src/systemctl/systemctl-start-special.c)
 */
export function checkSystemctl({ tools, loading, ...load }: SystemctlLoad): Finding[] {
  const { config, systemd } = loading;
  const { arch } = load.kernel;
  const callsItself = systemd !== undefined && compareVersions(systemd, '262') >= 0;
  const hasCall = arch !== 'arm' && config?.values.get('CONFIG_KEXEC_FILE') === 'y';
  // systemd unpacks the formats that the kernel does not take.
  if (callsItself && hasCall) return checkKernel('kexec_file_load', { ...load, loading });
  if (tools !== null) return checkLoad({ ...load, tools, loading: { ...loading, way: '' } });
  const mayCall = callsItself && arch !== 'arm' && config === null;
  return [
    {
      id: 'kexec-tools-missing',
      severity: mayCall ? 'warn' : 'stop',
      message: mayCall
        ? 'kexec-tools are not installed: systemctl kexec works only if the first kernel has kexec_file_load.'
        : 'kexec-tools are not installed, and systemctl kexec needs them to load this kernel.',
      advice: 'Install kexec-tools.',
      source: systemd === undefined ? 'systemd' : `systemd ${systemd}`,
    },
  ];
}
