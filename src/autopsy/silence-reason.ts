/** Why a machine fell silent, as far as its memory tells. */
export type SilenceReason =
  | 'device-tree-without-memory'
  | 'device-tree-lost'
  | 'early-panic'
  | 'early-oops'
  | 'console-lost'
  | 'stopped-early'
  | 'digest-mismatch'
  | 'image-damaged'
  | 'never-spoke'
  /** The memory could not be read: nothing is known of it. */
  | 'unreadable';
