/** Options of a kernel configuration (`CONFIG_KEXEC=y`), those that are set. */
export function parseKernelConfig(text: string): Map<string, string> {
  return new Map(
    Array.from(text.matchAll(/^(CONFIG_\w+)=(.*)$/gm), ([, option = '', value = '']) => [
      option,
      value,
    ]),
  );
}
