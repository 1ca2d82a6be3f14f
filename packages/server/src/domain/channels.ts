import type { Channel, Store } from '../ports.ts'
import type { LiveCode } from '../store/port.ts'
import { isAnonymousNumber } from './phone.ts'
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

/** What chooses the chain of a new code. */
export function createChannelChoice({
  store,
  settings,
}: {
  readonly store: Pick<Store, 'users'>
  readonly settings: Settings
}): (caller: Caller, phone: string, allowed: AllowedChannels) => Promise<Chain> {
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

  return async (caller, phone, allowed) => {
    const chain = await defaultChain(caller, phone, allowed)
    const [first, ...rest] = chain.filter((channel) => caller.channels.has(channel))
    // Every layer has a name for an SMS.
    return [first ?? 'sms', ...rest.filter((channel) => NEXT_CHANNELS.has(channel))]
  }
}
