import type { Signature } from './signature.ts';

const firmware = { origin: 'firmware' } as const;

/** UEFI and Trusted Firmware, and the kernel's EFI stub. */
export const firmwareSignatures = [
  {
    ...firmware,
    id: 'edk2-banner',
    meaning: 'firmware-starts',
    pattern: /^UEFI firmware \(version (?<version>.*?) ?built at/,
    description: 'EDK2 begins its boot device selection',
    source: 'EDK2 ArmVirtPkg, PlatformBootManagerLib',
  },
  {
    ...firmware,
    id: 'edk2-option',
    meaning: 'firmware-speaks',
    pattern: /^BdsDxe: (?:loading|starting) (?<option>Boot[0-9A-F]{4})/,
    description: 'EDK2 tries a boot option',
    source: 'EDK2 MdeModulePkg, BdsDxe and UefiBootManagerLib',
  },
  {
    ...firmware,
    id: 'edk2-option-failed',
    meaning: 'warning',
    outcome: 'firmware-stuck',
    pattern: /^BdsDxe: failed to (?:load|start) (?<option>Boot[0-9A-F]{4}) .*: (?<reason>[^:]+)$/,
    description: 'EDK2 could not start a boot option; it tries the next',
    source: 'EDK2 MdeModulePkg, BdsDxe',
  },
  {
    ...firmware,
    id: 'edk2-no-option',
    meaning: 'firmware-fails',
    pattern: /^BdsDxe: (?<reason>No bootable option or device was found)/,
    description: 'EDK2 has no more boot options to try',
    source: 'EDK2 MdeModulePkg, BdsDxe',
  },
  {
    ...firmware,
    id: 'edk2-setup',
    meaning: 'firmware-fails',
    pattern:
      /^(?:BdsDxe: starting Boot[0-9A-F]{4} "(?<reason>UiApp|BootManagerMenuApp)"| *\^v=Move Highlight +(?:<Enter>=|F9=|Esc=))/,
    description:
      'EDK2 opens its setup menu and waits, because a key was pressed or nothing could be booted',
    source: 'EDK2 MdeModulePkg, UiApp and BootManagerMenuApp; Escape or F2 opens it',
  },
  {
    ...firmware,
    id: 'efi-shell',
    meaning: 'firmware-speaks',
    pattern: /^UEFI Interactive Shell v[\d.]+/,
    description: 'the EFI shell starts; it may still run a startup.nsh',
    source: 'EDK2 ShellPkg',
  },
  {
    ...firmware,
    id: 'efi-shell-no-disk',
    meaning: 'firmware-fails',
    pattern: /^map: (?<reason>No mapping found)\.$/,
    description: 'the EFI shell finds no disk, so it cannot run a startup.nsh',
    source: 'EDK2 ShellPkg, UefiShellLevel2CommandsLib',
  },
  {
    ...firmware,
    id: 'efi-shell-prompt',
    meaning: 'firmware-fails',
    pattern: /^(?<reason>Shell>) ?$/,
    prompt: true,
    description: 'the EFI shell waits for input',
    source: 'EDK2 ShellPkg',
  },
  {
    ...firmware,
    id: 'edk2-exception',
    meaning: 'firmware-fails',
    pattern:
      /^(?<reason>(?:Synchronous|IRQ|FIQ|SError|Undefined|Data Abort|Prefetch Abort) Exception at 0x[0-9A-Fa-f]+|!!!! \w+ Exception Type - \w+)/,
    description: 'the firmware itself crashed',
    source: 'EDK2 ArmPkg, DefaultExceptionHandlerLib; UefiCpuPkg, CpuExceptionHandlerLib',
  },
  {
    ...firmware,
    id: 'qualcomm-uefi',
    meaning: 'firmware-starts',
    pattern: /^UEFI Start +\[ *\d+\]/,
    description: "Qualcomm's firmware starts, on phones and boards with its chips",
    source: 'Qualcomm XBL, which is built on EDK2',
  },
  {
    ...firmware,
    id: 'tf-a',
    meaning: 'firmware-speaks',
    pattern: /^NOTICE: {1,2}BL\d\w*: /,
    description: 'Trusted Firmware-A runs',
    source: 'Trusted Firmware-A, bl1 and bl31',
  },
  {
    ...firmware,
    id: 'efi-stub',
    meaning: 'firmware-speaks',
    pattern:
      /^EFI stub: (?!ERROR: |Exiting boot services|Loaded initrd|Measured initrd|UEFI Secure Boot)(?<message>.+)/,
    description: "the kernel's EFI stub runs; the kernel itself has not printed anything yet",
    source: 'Linux drivers/firmware/efi/libstub',
  },
  {
    ...firmware,
    id: 'efi-stub-exit',
    meaning: 'firmware-leaves',
    pattern: /^EFI stub: (?:Exiting boot services|Loaded initrd|Measured initrd|UEFI Secure Boot)/,
    description: 'the last message before the kernel itself; a silent hang under EFI ends here',
    source: 'Linux drivers/firmware/efi/libstub',
  },
  {
    ...firmware,
    id: 'efi-stub-error',
    meaning: 'warning',
    outcome: 'firmware-stuck',
    pattern: /^EFI stub: ERROR: (?<reason>.+)/,
    description: 'the EFI stub reports an error',
    source: 'Linux drivers/firmware/efi/libstub',
  },
] as const satisfies readonly Signature[];
