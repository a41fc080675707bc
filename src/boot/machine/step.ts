import type { SnapshotFrom } from 'xstate';
import { initialTransition, transition } from 'xstate';
import type { Stage } from '../../model/vocabulary.ts';
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
  /** Where the events lead that have come so far, and what has to be noted; by event and what holds. */
  readonly moves: Map<string, Move>;
};

type Move = { to: BootState; noted: readonly Note[] };

/** Where a boot stands, and what is known of it. Immutable. */
export type BootSnapshot = { readonly state: BootState; readonly context: BootContext };

const states = new Map<StateName, BootState>();

export const initialSnapshot: BootSnapshot = {
  state: stateOf(initialTransition(bootMachine)[0]),
  context: initialContext,
};

/** What the boot machine makes of an event. Pure. */
export function step({ state, context }: BootSnapshot, event: BootEvent): BootSnapshot {
  const word = heard(context, event);
  const key = `${word.type} ${word.holds}`;
  const move = state.moves.get(key) ?? moveOf(state, word);
  state.moves.set(key, move);
  let next = context;
  for (const note of move.noted) next = { ...next, ...note(next, event) };
  const { stage } = move.to;
  return { state: move.to, context: next.stage === stage ? next : { ...next, stage } };
}

/**
 * xstate says which way to go. It takes some time to do so, and a log may have very many events, of which nearly all have
 * come before.
 */
function moveOf({ node }: BootState, word: Heard): Move {
  const [next, actions] = transition(bootMachine, node, word);
  return { to: stateOf(next), noted: actions.map(({ type }) => notes[type as keyof typeof notes]) };
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
