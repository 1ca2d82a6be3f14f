import { UsageError } from '@cablegram/tl'
import { type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import { messageOf, nameOf } from './named.ts'
import type { Person } from './people-api.ts'

const DEFAULT_WAIT_MS = 5_000
const MAX_GIVEN = 1_000

const STARTING = { bot: 'bot', payload: 'payload', chat: 'options.chat' } as const
const PRESSING = {
  messageId: 'message',
  button: 'button',
  data: 'button.data',
  peers: 'options.peers',
} as const

/** The calls of somebody about bots, and of a bot about its buttons. */
export function botCalls(
  on: OnConsole,
  act: Acting,
): Pick<Person, 'start' | 'press' | 'nextPress' | 'answer'> {
  const given = new GivenPresses()
  return {
    start: act(async (actor, bot, payload, { chat } = {}) => {
      const place = chat === undefined ? {} : { chat: nameOf(chat) }
      const starting = { bot: nameOf(bot), payload, ...place }
      return await people.startAs(on, actor, check(schemas.starting, starting, 'start', STARTING))
    }),
    press: act(async (actor, message, button, { peers } = {}) => {
      const chosen = peers === undefined ? {} : { peers: peers.map(nameOf) }
      const which = { ...(typeof button === 'string' ? { button } : button), ...chosen }
      return await people.pressAs(
        on,
        actor,
        check(schemas.press, { ...which, messageId: messageOf(message) }, 'press', PRESSING),
      )
    }),
    nextPress: act(async (actor, options = {}) => {
      const { timeoutMs = DEFAULT_WAIT_MS } = check(schemas.pressWait, options, 'options')
      const limits = { timeoutMs, signal: on.closing }
      const press = await people.waitForPress(on, actor, limits, (id) => given.take(id))
      if (press !== undefined) return press
      const message = `Nobody pressed a button of ${actor.account.firstName} within ${timeoutMs} ms.`
      throw new UsageError('PRESS_TIMEOUT', message)
    }),
    answer: act(async (actor, press, answer = {}) => {
      const reply = check(schemas.pressReply, { ...answer, pressId: press.id }, 'answer', {
        pressId: 'press.id',
      })
      await people.answerPressAs(on, actor, reply)
    }),
  }
}

/** The presses that a bot's calls have been given: each is given once. Old ones wait for nobody any more. */
class GivenPresses {
  readonly #given = new Set<string>()

  take(id: string): boolean {
    if (this.#given.has(id)) return false
    const [oldest] = this.#given
    if (this.#given.size >= MAX_GIVEN && oldest !== undefined) this.#given.delete(oldest)
    this.#given.add(id)
    return true
  }
}
