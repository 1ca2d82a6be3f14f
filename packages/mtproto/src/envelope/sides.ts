import type { KeyOffset } from '../crypto/index.ts'

/** Which end of the wire a machine is. */
export type Side = 'client' | 'server'

/** All that differs between the two ends of an encrypted message. */
export interface SideRules {
  /** x of the messages this side sends. */
  readonly sendOffset: KeyOffset
  /** x of the messages it receives. */
  readonly receiveOffset: KeyOffset
}

/** The differences between the sides, as data. */
export const SIDES: Readonly<Record<Side, SideRules>> = {
  client: { sendOffset: 0, receiveOffset: 8 },
  server: { sendOffset: 8, receiveOffset: 0 },
}
