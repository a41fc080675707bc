import type { BootContext } from './context.ts';
import type { BootEvent } from './events.ts';

/** How the boot machine's memory changes: one pure function per thing that can be noted. */
export type Update = (context: BootContext, event: SignalEvent) => Partial<BootContext>;
export type SignalEvent = Extract<BootEvent, { signal: unknown }>;

/** A console may go on for ever; what is remembered of it may not. */
export const longestList = 16;
