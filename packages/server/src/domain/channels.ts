import type { Channel, Store } from '../ports.ts'
import type { LiveCode, PhoneRule } from '../store/port.ts'
import { isAnonymousNumber } from './phone.ts'
import { refusal } from './refusals.ts'
import type { Settings } from './settings.ts'
import type { AllowedChannels, Caller } from './types.ts'

/** The ways a code is sent, one after the other. */
export type Chain = LiveCode['chain']

/** The ways a client can be told of as the next one; all others can only be the first. */
const NEXT_CHANNELS: ReadonlySet<Channel> = new Set<Channel>([
  'sms',
  'call',
  'flashCall',
  'missedCall',
  'fragment',
])

/** Where something else has to be done before any code is sent. */
const CLOSED: ReadonlySet<Channel> = new Set<Channel>(['setUpEmail', 'payment'])

/** The way the code goes when it is asked for again; undefined where the chain is at its end for this client. */
export function nextStep(
  { chain, step }: Pick<LiveCode, 'chain' | 'step'>,
  { channels }: Pick<Caller, 'channels'>,
): { readonly step: number; readonly channel: Channel } | undefined {
  if (CLOSED.has(chain[step] ?? chain[0])) return undefined
  const found = chain.findIndex((channel, at) => at > step && channels.has(channel))
  const channel = chain[found]
  return channel && { step: found, channel }
}

/** Whether a list can be a chain: payment comes before all, and what is never a next type comes first. */
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

function withoutPayment(channels: readonly Channel[]): readonly Channel[] {
  return channels[0] === 'payment' ? channels.slice(1) : channels
}

/** What chooses the chain of a new code. */
export function createChannelChoice({
  store,
  settings,
}: {
  readonly store: Pick<Store, 'users'>
  readonly settings: Settings
}): (caller: Caller, phone: string, rule: PhoneRule | undefined, allowed: AllowedChannels) => Promise<Chain> {
  /**
   * In order: a message to the account's other sessions, the login e-mail, flash or missed call, SMS; of these the
   * chain of the settings has SMS and what follows it.
   */
  async function defaultChain(caller: Caller, phone: string, allowed: AllowedChannels): Promise<Channel[]> {
    const chain: Channel[] = []
    if (await store.users.hasOtherLogin(phone, caller.authKeyId)) chain.push('app')
    if (isAnonymousNumber(phone)) return [...chain, 'fragment']
    chain.push(...settings.callChannels.filter((channel) => allowed[channel]).slice(0, 1))
    return [...chain, ...settings.channels]
  }

  return async (caller, phone, rule, allowed) => {
    const isRuled = rule?.rule === 'channels'
    const chain = isRuled ? rule.channels : await defaultChain(caller, phone, allowed)
    const isPaid = chain[0] === 'payment'
    // Who cannot be asked to pay must not get for nothing what others pay for.
    if (isPaid && !caller.channels.has('payment')) throw refusal('UPDATE_APP_TO_LOGIN')
    const [first, ...rest] = withoutPayment(chain).filter((channel) => caller.channels.has(channel))
    // Every layer has a name for an SMS.
    const ways: Chain = [first ?? 'sms', ...rest.filter((channel) => NEXT_CHANNELS.has(channel))]
    return isPaid ? ['payment', ...ways] : ways
  }
}
