import type { Finding } from '../../model/preflight.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Facts, KernelFacts, ToolsFacts } from './facts.ts';

/** Whether the kernel's file is complete, and in a format that these kexec-tools load. */
export function checkImageFormat({ kernel, tools }: Pick<Facts, 'kernel' | 'tools'>): Finding[] {
  const { kind, trouble, name } = kernel;
  if (trouble !== null && (kind === 'Image' || kind === 'zImage'))
    return [
      {
        id: 'image-damaged',
        severity: 'stop',
        message: `This kernel ${trouble}.`,
        advice: 'Copy, build or download the file again.',
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
      return [notLoaded(kernel, 'not in a known format', 'Check which file was given.')];
  }
}

/**
 * The first kexec-tools that load EFI zboot images, by compression: for `kexec -l` on arm64 since commit 8f08e3b51f25
 * (2.0.28), compressed with zstd since a7fcd424a4c8 (2.0.31). lz4 and xz are not supported.
 */
const zbootSince: Record<string, string> = { gzip: '2.0.28', lzma: '2.0.28', zstd: '2.0.31' };

function checkZboot(kernel: KernelFacts, tools: ToolsFacts): Finding[] {
  const compression = kernel.zbootCompression ?? 'unknown';
  const since = zbootSince[compression];
  const what = `an EFI zboot image (${compression})`;
  const advice = 'Unpack it to a plain Image on the server, or build one with CONFIG_EFI_ZBOOT=n.';
  if (since === undefined) return [notLoaded(kernel, what, advice)];
  if (tools.version === null)
    return [
      {
        id: 'image-format',
        severity: 'warn',
        message: `This kernel is ${what}, which kexec-tools load from version ${since} on. The version of these kexec-tools is unknown.`,
        advice,
        source: `${kernel.name}, ${tools.source}`,
      },
    ];
  if (compareVersions(tools.version, since) >= 0) return [];
  return [
    {
      id: 'image-format',
      severity: 'stop',
      message: `This kernel is ${what}, which kexec-tools load from version ${since} on. These are version ${tools.version}.`,
      advice: `Use kexec-tools ${since} or later. Otherwise: ${advice}`,
      source: `${kernel.name}, ${tools.source}`,
    },
  ];
}

function notLoaded({ name }: KernelFacts, what: string, advice: string): Finding {
  return {
    id: 'image-format',
    severity: 'stop',
    message: `This kernel is ${what}, which kexec-tools cannot load on this architecture.`,
    advice,
    source: name,
  };
}
