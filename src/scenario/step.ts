import * as z from 'zod';
import { keyNames } from '../console/keys.ts';
import { signatures } from '../signatures/all.ts';
import { didYouMean } from '../text/nearest.ts';

export const faults = ['nbd-dies'] as const;

const endingSchema = z
  .union([z.int(), z.literal('gone')])
  .describe('How it must end: with this exit code, or gone with the machine (a kexec, a reboot).');

/** How a command may end: with this exit code, or `gone` with the machine (a kexec, a reboot). */
export type Ending = z.infer<typeof endingSchema>;

const awaitedSchema = z.union([
  z
    .strictObject({ signature: z.string(), generation: z.int().optional() })
    .describe(
      'A signature, seen after what the step before waited for; in that generation where one is named.',
    ),
  z.strictObject({ screen: z.string() }).describe('A text on the screen that the guest paints.'),
  z
    .strictObject({ reported: z.string() })
    .describe('A state that the guest reports to the control plane.'),
]);

/** What a step can wait for. */
export type Awaited = z.infer<typeof awaitedSchema>;

const place = z.string().optional().describe('Its file:line; left out if it is not from a file.');
const by = z.enum(['run', 'ssh']);

/** A step of a scenario that was read. */
export const plannedStepSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('wait'), for: awaitedSchema, place }),
  z.strictObject({ do: z.literal('type'), text: z.string(), place }),
  z.strictObject({ do: z.literal('key'), key: z.enum(keyNames), place }),
  z.strictObject({ do: z.literal('run'), command: z.string(), exit: endingSchema, place }),
  z.strictObject({
    do: z.literal('ssh'),
    command: z.string(),
    stdin: z.string().describe('Piped into the command.'),
    exit: endingSchema,
    place,
  }),
  z.strictObject({ do: z.literal('tags'), tags: z.record(z.string(), z.string()), place }),
  z.strictObject({ do: z.literal('reset'), place }),
  z.strictObject({ do: z.literal('fault'), fault: z.enum(faults), place }),
  z
    .strictObject({ do: z.literal('prove'), by, command: z.string(), generation: z.int(), place })
    .describe(
      'A command that proves which kernel runs in `generation`; from expect.proof, not from steps.',
    ),
]);

/** Something the lab does to the running machine. The next step begins when it is done. */
export type Step = z.infer<typeof plannedStepSchema>;

const signatureIds = signatures.map(({ id }) => id);
const text = z.string().min(1, 'must not be empty');

/** Server tags, as scenario files and steps name them. */
export const tagsSchema = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a tag is named like KEXEC_KERNEL'),
  z.string().regex(/^[^\n\r\0]*$/, 'must be a single line'),
);

const awaited = z
  .strictObject({
    signature: text.describe('A signature of the console, see kexec-lab diagnose --signals.'),
    generation: z.int().min(0).describe('Only in this generation.'),
    screen: text.describe('A text on the screen that the guest paints.'),
    reported: text.describe('A state that the guest reports to the control plane.'),
  })
  .partial();

const actions = {
  wait: z.union([text, awaited], {
    error: 'expected the id of a signature, or { screen: … }',
  }),
  type: text.describe('Keystrokes on the serial console; a newline is the Enter key.'),
  key: z.enum(keyNames).describe('One key on the serial console.'),
  run: text.describe('A command in the shell on the console.'),
  ssh: text.describe('A command over ssh, as root.'),
  tags: tagsSchema.describe('The user changes the server tags.'),
  reset: z.literal(true).describe("The provider's reset button."),
  fault: z.enum(faults).describe("nbd-dies: the provider's NBD server dies."),
};

type ActionName = keyof typeof actions;
const actionNames = Object.keys(actions) as ActionName[];

/** A step as it is written. */
export const stepSchema = z
  .strictObject({
    ...actions,
    stdin: z.string().describe('With ssh: standard input of the command.'),
    exit: z
      .union([z.int().min(0).max(255), z.literal('gone')], {
        error: 'expected an exit code, or gone',
      })
      .describe(
        'With run and ssh: the expected exit code, or gone if the machine goes down. Default: 0.',
      ),
  })
  .partial()
  .superRefine((step, context) => {
    const named = actionNames.filter((name) => step[name] !== undefined);
    const complain = (message: string): void => {
      context.addIssue({ code: 'custom', message });
    };
    if (named.length !== 1) {
      complain(`a step has exactly one of these keys: ${actionNames.join(', ')}`);
      return;
    }
    if (step.stdin !== undefined && step.ssh === undefined)
      complain('stdin is only valid with ssh');
    if (step.exit !== undefined && step.ssh === undefined && step.run === undefined) {
      complain('exit is only valid with run and ssh');
    }
    if (step.wait === undefined) return;
    const { generation, ...sources }: z.infer<typeof awaited> =
      typeof step.wait === 'string' ? { signature: step.wait } : step.wait;
    const { signature } = sources;
    if (signature !== undefined && !signatureIds.includes(signature)) {
      const message = `unknown signature "${signature}"${didYouMean(signature, signatureIds)}`;
      context.addIssue({ code: 'custom', path: ['wait'], message });
    }
    if (Object.keys(sources).length !== 1) {
      complain('wait for exactly one of signature, screen, reported');
    } else if (generation !== undefined && sources.signature === undefined) {
      complain('generation is only valid with signature');
    }
  });

/** The action of a validated step. */
export function resolveStep(step: z.infer<typeof stepSchema>): Step {
  const { wait, type, key, run, ssh, tags, fault, stdin = '', exit = 0 } = step;
  if (wait !== undefined) {
    return { do: 'wait', for: (typeof wait === 'string' ? { signature: wait } : wait) as Awaited };
  }
  if (type !== undefined) return { do: 'type', text: type };
  if (key !== undefined) return { do: 'key', key };
  if (run !== undefined) return { do: 'run', command: run, exit };
  if (ssh !== undefined) return { do: 'ssh', command: ssh, stdin, exit };
  if (tags !== undefined) return { do: 'tags', tags };
  return fault === undefined ? { do: 'reset' } : { do: 'fault', fault };
}

/** A step in a few words, for reports. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case 'wait':
      return `wait for ${Object.entries(step.for)
        .map(([what, value]) => `${what} ${value}`)
        .join(', ')}`;
    case 'type':
      return `type ${JSON.stringify(step.text)}`;
    case 'key':
      return `press ${step.key}`;
    case 'run':
    case 'ssh':
      return `${step.do} ${firstLine(step.command)}`;
    case 'tags':
      return `set the tags ${Object.keys(step.tags).join(', ')}`;
    case 'reset':
      return 'reset the machine';
    case 'fault':
      return step.fault;
    case 'prove':
      return `prove by ${step.by}: ${firstLine(step.command)}`;
  }
}

function firstLine(command: string): string {
  return command.trim().split('\n')[0] ?? '';
}

/** Whether a step logs in over ssh. */
export function usesSsh(step: Step): boolean {
  return step.do === 'ssh' || (step.do === 'prove' && step.by === 'ssh');
}

/** Whether a step needs a machine with a network. */
export function needsNetwork(step: Step): boolean {
  const reported = step.do === 'wait' && 'reported' in step.for;
  return reported || usesSsh(step) || ['tags', 'fault'].includes(step.do);
}
