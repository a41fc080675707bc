// Uses node:child_process for the same reason as find-qemu.ts: commands wait for this.
import { execFile } from 'node:child_process';
import type { Arch } from '../arch.ts';
import { toolEnvironment } from '../host/processes.ts';
import type { Qemu } from '../model/examination.ts';
import { didYouMean } from '../text/nearest.ts';
import { bare, boardArguments, deviceArguments } from './arguments.ts';
import { modelOf, modelsFor, modelSince, propertySince } from './shape.ts';
import type { MachineProfile } from './machine-profile.ts';
import { machineOption, propertyNames } from './machine-profile.ts';

/** Why a QEMU cannot make a machine. */
type MachineTrouble = {
  /** The key of the profile that QEMU does not accept. */
  key: keyof MachineProfile;
  message: string;
  hint: string;
};

/** Host milliseconds. QEMU needs a tenth of a second. */
const patience = 20_000;

/**
 * Why this QEMU cannot make the machine of a profile; null if it can, and if it fails for a reason that has nothing to do
 * with the profile. QEMU itself decides: it makes the machine, does not start it, and quits.
 */
export async function machineTrouble(
  qemu: Qemu,
  profile: MachineProfile,
): Promise<MachineTrouble | null> {
  const { cpu, arch } = profile;
  const model = modelOf(cpu);
  if (model === 'host') {
    return {
      key: 'cpu',
      message: 'the CPU model host needs KVM, and kexec-lab emulates every machine',
      hint: `Choose a model that QEMU emulates, such as ${modelsFor(arch).join(', ')}.`,
    };
  }
  const said = await refusal(qemu, profile);
  if (said === null) return null;
  const { version } = qemu;
  if (/CPU model|CPU type|-cpu model/.test(said)) {
    const known = await knownModels(qemu, arch);
    const suggestion = didYouMean(model, known);
    const since = modelSince(model);
    return {
      key: 'cpu',
      message: `QEMU ${version} has no machine with the CPU model "${model}"${since === null ? suggestion : ''}`,
      hint:
        since === null
          ? `It has machines with ${known.join(', ')}.`
          : `QEMU ${since} and later have it; --qemu-dir chooses another QEMU. This one has ${known.join(', ')}.`,
    };
  }
  const key = keyOf(said, profile);
  if (key === null) return null;
  const [, property = ''] = /-machine\.([\w-]+)' not found/.exec(said) ?? [];
  const since = propertySince(property);
  const option = key === 'cpu' ? cpu : key === 'devices' ? '-device' : machineOption(profile);
  return {
    key,
    message: `QEMU ${version} does not accept ${option}: ${said}`,
    hint:
      since === null
        ? `${qemu.binary} -machine ${profile.machine.split(',', 1)[0] ?? ''},help lists the options of this machine.`
        : `QEMU ${since} and later have ${property}; --qemu-dir chooses another QEMU.`,
  };
}

/** The key of a profile that QEMU's message is about; null for other messages, such as about the host's memory. */
function keyOf(said: string, profile: MachineProfile): keyof MachineProfile | null {
  if (/-cpu\.|-cpu property/.test(said)) return 'cpu';
  if (/-device /.test(said)) return 'devices';
  if (/SMP CPUs|max CPUs|maxcpus/i.test(said)) return 'cpus';
  if (/Addressing limited|RAM size|maximum .*RAM/.test(said)) return 'memory';
  if (!/not found|not accept|[Ii]nvalid|unsupported|not support|requires|Valid values/.test(said))
    return null;
  const [named] = Object.entries(propertyNames).filter(
    ([key, property]) =>
      (said.includes(property) || (key === 'gic' && said.includes('GIC'))) &&
      profile[key as keyof typeof propertyNames] !== undefined &&
      !profile.machine.includes(`${property}=`),
  );
  return named === undefined ? 'machine' : (named[0] as keyof typeof propertyNames);
}

/**
 * QEMU's arguments to make the machine of a profile without starting it, for a control connection on standard input. It has no
 * disks and no network, and only those devices that need neither.
 */
function trialArguments(profile: MachineProfile): string[] {
  const devices = profile.devices.filter((device) => !/\b(?:drive|netdev|chardev)=/.test(device));
  return [
    ...[...bare, '-nic', 'none', ...boardArguments(profile)],
    ...[...deviceArguments(devices), '-S', '-qmp', 'stdio'],
  ];
}

/** What QEMU says when it does not make the machine, in one line; null if it makes it, or says nothing. */
async function refusal(qemu: Qemu, profile: MachineProfile): Promise<string | null> {
  const quit = '{"execute":"qmp_capabilities"}{"execute":"quit"}\n';
  const { failed, stderr } = await ask(qemu, trialArguments(profile), quit);
  const said = stderr
    .replace(/^[^\n]*?qemu-system-\w+: /gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return failed && said !== '' ? said : null;
}

/** The models that machines of this QEMU can have, in the order of its list. */
async function knownModels(qemu: Qemu, arch: Arch): Promise<string[]> {
  const { stdout } = await ask(qemu, ['-cpu', 'help'], '');
  const listed = new Set(Array.from(stdout.matchAll(/^ {2}(\S+)/gm), ([, model = '']) => model));
  return modelsFor(arch).filter((model) => listed.has(model));
}

function ask(
  { binary, options }: Qemu,
  words: string[],
  input: string,
): Promise<{ failed: boolean; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      binary,
      [...options, ...words],
      { env: toolEnvironment(), timeout: patience },
      (error, stdout, stderr) => {
        // An error without an exit code: QEMU could not be run, or did not answer.
        resolve({ failed: typeof error?.code === 'number', stdout, stderr });
      },
    );
    // A QEMU that refuses the machine does not read its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
