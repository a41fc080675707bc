import type { Finding } from '../../model/examination.ts';
import { compareVersions } from '../../text/versions.ts';
import { checkKernel } from './check-first-kernel.ts';
import type { Load } from './check-load.ts';
import { checkLoad } from './check-load.ts';
import type { ToolsFacts } from './tools-facts.ts';

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
