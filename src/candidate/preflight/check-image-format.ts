import type { Finding } from '../../model/preflight.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Facts, KernelFacts, ToolsFacts } from './facts.ts';

/** Whether the kernel's file is whole, and of a form that these kexec-tools load. */
export function checkImageFormat({ kernel, tools }: Pick<Facts, 'kernel' | 'tools'>): Finding[] {
  const { kind, trouble, name } = kernel;
  if (trouble !== null && (kind === 'Image' || kind === 'zImage'))
    return [
      {
        id: 'image-damaged',
        severity: 'stop',
        message: `This kernel ${trouble}.`,
        advice: 'Get the file again: copy it, build it or download it once more.',
        source: name,
      },
    ];
  switch (kind) {
    case 'Image':
    case 'zImage':
    case 'uImage':
      return [];
    case 'gzip':
      // kexec.c reads every kernel through slurp_decompress_file.
      return [];
    case 'zboot':
      return checkZboot(kernel, tools);
    case 'ELF':
      return kernel.arch === 'aarch64' ? [] : [notLoaded(kernel, 'an ELF file', 'Use the zImage.')];
    case 'text':
    case 'unknown':
      return [notLoaded(kernel, 'no kernel that anybody knows', 'Look what was put there.')];
  }
}

/**
 * When kexec-tools learnt of EFI zboot images: for `kexec -l` on arm64 with commit 8f08e3b51f25 (2.0.28), and of those
 * compressed with zstd with a7fcd424a4c8 (2.0.31). lz4 and xz they do not know.
 */
const zbootSince: Record<string, string> = { gzip: '2.0.28', lzma: '2.0.28', zstd: '2.0.31' };

function checkZboot(kernel: KernelFacts, tools: ToolsFacts): Finding[] {
  const compression = kernel.zbootCompression ?? 'unknown';
  const since = zbootSince[compression];
  const what = `an EFI zboot image (${compression})`;
  const advice = 'Unpack it to a plain Image on the server (CONFIG_EFI_ZBOOT=n builds one).';
  if (since === undefined) return [notLoaded(kernel, what, advice)];
  if (tools.version === null)
    return [
      {
        id: 'image-format',
        severity: 'warn',
        message: `This kernel is ${what}, which kexec-tools load from ${since} on, and nothing says which version these are.`,
        advice,
        source: `${kernel.name}, ${tools.source}`,
      },
    ];
  if (compareVersions(tools.version, since) >= 0) return [];
  return [
    {
      id: 'image-format',
      severity: 'stop',
      message: `This kernel is ${what}, which kexec-tools load from ${since} on; these are ${tools.version}.`,
      advice: `Bring kexec-tools ${since}, or: ${advice}`,
      source: `${kernel.name}, ${tools.source}`,
    },
  ];
}

function notLoaded({ name }: KernelFacts, what: string, advice: string): Finding {
  return {
    id: 'image-format',
    severity: 'stop',
    message: `This kernel is ${what}, which no kexec-tools load here.`,
    advice,
    source: name,
  };
}
