import { createActor, initialTransition } from 'xstate';
import type { BootEvent } from './events.ts';
import { bootMachine } from './machine.ts';

export type BootSnapshot = ReturnType<typeof initialTransition<typeof bootMachine>>[0];

type Scope = Parameters<typeof bootMachine.transition>[2];

const self = createActor(bootMachine);
const nothing = (): void => undefined;

/**
 * xstate's `transition()` makes an actor for each event, which takes most of its time. This machine has neither children
 * nor effects, so one actor that is never started will do for all.
 */
const scope: Scope = {
  self,
  system: self.system,
  id: self.id,
  sessionId: self.sessionId,
  logger: nothing,
  defer: nothing,
  emit: nothing,
  stopChild: nothing,
  actionExecutor: nothing,
};

export const initialSnapshot: BootSnapshot = initialTransition(bootMachine)[0];

/** What the boot machine makes of an event. Pure. */
export function step(snapshot: BootSnapshot, event: BootEvent): BootSnapshot {
  return bootMachine.transition(snapshot, event, scope);
}

/** The state as `stage.state`. */
export function stateOf({ value }: BootSnapshot): string {
  for (const [stage, state] of Object.entries(value)) return `${stage}.${state}`;
  return '';
}
