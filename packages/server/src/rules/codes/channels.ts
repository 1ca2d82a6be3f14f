import type { Channel } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { hasOtherLogin } from '../accounts/decide-users.ts'
import type { AllowedChannels } from '../logins/words.ts'
import { type Chain, NEXT_CHANNELS, withoutPayment } from '../numbers/chain.ts'
import { isAnonymousNumber } from '../numbers/phone.ts'
import type { PhoneRule } from '../numbers/words.ts'
import { refusal } from '../refusal.ts'
import type { LiveCode } from './words.ts'

/** Channels on which the client must do something else before a code goes another way. */
const CLOSED: ReadonlySet<Channel> = new Set<Channel>(['setUpEmail', 'email', 'payment'])

/** A way of the chain by its place in it. */
interface ChainStep {
  readonly step: number
  readonly channel: Channel
}

/** The way the code goes when it is asked for again; undefined where the chain is at its end for this client. */
export function nextStep(
  code: Pick<LiveCode, 'chain' | 'step'>,
  caller: Pick<Caller, 'channels'>,
): ChainStep | undefined {
  return CLOSED.has(code.chain[code.step] ?? code.chain[0]) ? undefined : stepAfter(code, caller)
}

/** The way the code goes once what its step has waited for is done. */
export function stepAfter(
  { chain, step }: Pick<LiveCode, 'chain' | 'step'>,
  { channels }: Pick<Caller, 'channels'>,
): ChainStep | undefined {
  const found = chain.findIndex((channel, at) => at > step && channels.has(channel))
  const channel = chain[found]
  return channel && { step: found, channel }
}

/** The owner of a code, and what the client allows. */
export interface AskedChannels {
  readonly caller: Caller
  readonly phone: string
  readonly rule: PhoneRule | undefined
  readonly allowed: AllowedChannels
  /** True if the account has a login e-mail. */
  readonly hasEmail: boolean
}

/** Chooses the chain of a new code. @throws {RpcError} UPDATE_APP_TO_LOGIN */
export async function chooseChain(on: Ground, asked: AskedChannels): Promise<Chain> {
  const { caller, rule, hasEmail } = asked
  const chain = rule?.rule === 'channels' ? rule.channels : await defaultChain(on, asked)
  const isPaid = chain[0] === 'payment'
  // Clients that cannot show the payment step must not get the code for free.
  if (isPaid && !caller.channels.has('payment')) throw refusal('UPDATE_APP_TO_LOGIN')
  const [first, ...rest] = withEmail(on, withoutPayment(chain), hasEmail).filter((channel) =>
    caller.channels.has(channel),
  )
  // Every layer has a name for an SMS.
  const next = rest.filter((channel) => NEXT_CHANNELS.has(channel))
  // A code that waits for something else has to go on somehow.
  const isStuck = first !== undefined && CLOSED.has(first) && next.length === 0
  const ways: Chain = [first ?? 'sms', ...(isStuck ? ['sms' as const] : next)]
  return isPaid ? ['payment', ...ways] : ways
}

/**
 * In order: a message to the account's other sessions, the login e-mail, flash or missed call, SMS; of these the chain of
 * the settings has SMS and what follows it.
 */
async function defaultChain(
  { store, clock, settings }: Ground,
  { caller, phone, allowed }: AskedChannels,
): Promise<Channel[]> {
  const chain: Channel[] = []
  const nowS = Math.floor(clock.nowMs() / 1000)
  if (await store.look(() => hasOtherLogin(phone, caller.authKeyId, nowS))) chain.push('app')
  if (isAnonymousNumber(phone)) return [...chain, 'fragment']
  chain.push('email', ...settings.callChannels.filter((channel) => allowed[channel]).slice(0, 1))
  return [...chain, ...settings.channels]
}

/** Asks for an e-mail if there is none yet, and uses it otherwise. */
function withEmail({ settings }: Ground, chain: readonly Channel[], hasEmail: boolean): Channel[] {
  const asked = settings.loginEmail.required ? ['setUpEmail' as const, ...chain] : chain
  return [
    ...new Set(asked.map((channel) => (channel === 'setUpEmail' && hasEmail ? 'email' : channel))),
  ].filter((channel) => channel !== 'email' || hasEmail)
}
