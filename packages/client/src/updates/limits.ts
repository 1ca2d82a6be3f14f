/** The bounds and times of the machine. */
export interface UpdatesLimits {
  /** Updates that may wait for their handlers before no more are taken. */
  readonly maxUnconfirmed: number
  /** Updates of a counter that may wait for missing ones; one more, and the difference brings them all. */
  readonly maxHeld: number
  /** Channels whose counters are kept; beyond, those that were silent for longest are forgotten. */
  readonly maxChannels: number
  /** Channels that are asked about at once. */
  readonly maxChannelAsks: number
  /** Events of a channel to ask for at once: with more missing, the server tells only the newest messages. */
  readonly channelLimit: number
  /** How long missing updates may take to come by themselves. */
  readonly gapMs: number
  /** After so long without any update, the client asks whether there is one. */
  readonly idleMs: number
}

export const DEFAULT_LIMITS: UpdatesLimits = {
  maxUnconfirmed: 1_000,
  maxHeld: 1_000,
  maxChannels: 20_000,
  maxChannelAsks: 4,
  channelLimit: 1_000,
  gapMs: 500,
  idleMs: 15 * 60_000,
}
