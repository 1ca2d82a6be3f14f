/**
 * News that the bus carries between parts of the server and between nodes: what has changed, never its content. Plain
 * JSON; 64-bit ids are decimal strings. A subscriber reads the store, so that a lost nudge costs time and nothing else.
 */
export type Nudge =
  /** Events up to this pts are in the log of a box. */
  | { readonly kind: 'box'; readonly boxId: string; readonly pts: number }
  /** The record of a permanent key has changed: its client, its login, or that it is gone. */
  | { readonly kind: 'key'; readonly authKeyId: string }
  /** An entry is in the inbox. */
  | { readonly kind: 'inbox'; readonly seq: number }
