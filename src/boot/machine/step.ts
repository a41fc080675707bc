import type { SnapshotFrom } from 'xstate';
import { initialTransition, transition } from 'xstate';
import type { Stage } from '../../model/vocabulary.ts';
import type { Meaning } from '../../signatures/signature.ts';
import type { BootContext, BootEvent } from './context.ts';
import { initialContext } from './context.ts';
import { bootMachine } from './machine.ts';
import type { Heard, Note, Tag } from './setup.ts';
import { heard, notes } from './setup.ts';

type Node = SnapshotFrom<typeof bootMachine>;

type NameOf<Value> =
  Value extends Partial<Record<Stage, string>>
    ? { [Key in keyof Value & string]: `${Key}.${Value[Key] & string}` }[keyof Value & string]
    : never;

/** A state of the boot machine as `stage.state`. */
export type StateName = NameOf<Node['value']>;

/** A state of the boot machine. There is one object for each. */
export type BootState = {
  readonly stage: Stage;
  readonly name: StateName;
  readonly node: Node;
  readonly has: (tag: Tag) => boolean;
  /** The transitions taken so far, by event and conditions. */
  readonly moves: Map<string, Move>;
};

type Move = { to: BootState; actions: readonly Note[] };

/** The state of a boot, and what is known of it. Immutable. */
export type BootSnapshot = { readonly state: BootState; readonly context: BootContext };

const states = new Map<StateName, BootState>();

export const initialSnapshot: BootSnapshot = {
  state: stateOf(initialTransition(bootMachine)[0]),
  context: initialContext,
};

/** The snapshot after an event. Pure. */
export function step({ state, context }: BootSnapshot, event: BootEvent): BootSnapshot {
  const input = heard(context, event);
  const key = `${input.type} ${input.holds}`;
  const move = state.moves.get(key) ?? moveOf(state, input);
  state.moves.set(key, move);
  let next = context;
  for (const note of move.actions) next = changed(next, note(next, event));
  const { stage } = move.to;
  return { state: move.to, context: next.stage === stage ? next : { ...next, stage } };
}

/** The context with these changes; the same object if nothing changes, as after most events of a long log. */
function changed(context: BootContext, changes: Partial<BootContext>): BootContext {
  for (const name in changes) {
    const key = name as keyof BootContext;
    if (changes[key] !== context[key]) return { ...context, ...changes };
  }
  return context;
}

/** Whether a signal of this meaning could change anything. Programs print many that cannot. */
export function isNews({ state, context }: BootSnapshot, meaning: Meaning): boolean {
  const { programsSpoke, warnings } = context;
  const { name, stage } = state;
  if (meaning === 'firmware-speaks') return name !== 'firmware.booting';
  if (!programsSpoke || warnings.length > 0) return true;
  if (meaning === 'initramfs-speaks') return stage !== 'initramfs' && stage !== 'userspace';
  return meaning !== 'userspace-speaks' || stage !== 'userspace';
}

/**
 * Asks xstate for a transition. That is slow, so the answer is kept: a log may have very many events, nearly all alike.
 */
function moveOf({ node }: BootState, input: Heard): Move {
  const [next, actions] = transition(bootMachine, node, input);
  return {
    to: stateOf(next),
    actions: actions.map(({ type }) => notes[type as keyof typeof notes]),
  };
}

function stateOf(node: Node): BootState {
  const [[stage, state]] = Object.entries(node.value) as [[Stage, string]];
  const name = `${stage}.${state}` as StateName;
  const known = states.get(name) ?? {
    stage,
    name,
    node,
    has: (tag: Tag) => node.hasTag(tag),
    moves: new Map<string, Move>(),
  };
  states.set(name, known);
  return known;
}
