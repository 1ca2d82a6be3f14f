import type { Channel } from '../../courier/port.ts'
import type { LiveCode } from '../codes/words.ts'

/** The ways a code is sent, one after the other. */
export type Chain = LiveCode['chain']

/** The ways a client can be told of as the next one; all others can only be the first. */
export const NEXT_CHANNELS: ReadonlySet<Channel> = new Set<Channel>([
  'sms',
  'call',
  'flashCall',
  'missedCall',
  'fragment',
])

/** Tells whether a list can be a chain: payment comes before all, and a way that is never a next type comes first. */
export function isChain(channels: readonly Channel[]): channels is Chain {
  const [first, ...rest] = withoutPayment(channels)
  const isEachOnce = new Set(channels).size === channels.length
  return (
    first !== undefined &&
    first !== 'payment' &&
    isEachOnce &&
    rest.every((channel) => NEXT_CHANNELS.has(channel))
  )
}

/** A chain once its payment is made. */
export function withoutPayment(channels: readonly Channel[]): readonly Channel[] {
  return channels[0] === 'payment' ? channels.slice(1) : channels
}
