import { UsageError } from '@cablegram/tl'
import { type EventWait, type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import type { GivenEvents } from './given-events.ts'
import { messageOf, nameOf } from './named.ts'
import type { NextEventOptions, Person } from './people-api.ts'

const DEFAULT_WAIT_MS = 5_000

/** The calls of somebody about news. */
export function eventCalls(on: OnConsole, act: Acting, given: GivenEvents): Pick<Person, 'nextEvent'> {
  return {
    nextEvent: act(async (actor, kind, options = {}) => {
      check(schemas.eventKind, kind, 'kind')
      const wanted = check(schemas.eventWait, { kind, ...waitOf(options) }, 'options', {
        messageId: 'message',
      })
      const { timeoutMs = DEFAULT_WAIT_MS, ...wait } = wanted
      const isNext = wait.with === undefined && wait.from === undefined && wait.messageId === undefined
      const after = people.cursorOf(given.after(kind))
      const limits = { timeoutMs, signal: on.closing }
      const event = await people.waitForEvent(on, actor, { ...wait, ...limits, after }, (place) =>
        given.take(kind, place, isNext),
      )
      if (event !== undefined) return event
      const { firstName } = actor.account
      throw new UsageError('EVENT_TIMEOUT', `${firstName} heard of no ${kind} within ${timeoutMs} ms.`)
    }),
  }
}

function waitOf({ with: chat, from, message, ...options }: NextEventOptions): Omit<EventWait, 'kind'> {
  return {
    ...options,
    ...(chat !== undefined && { with: nameOf(chat) }),
    ...(from !== undefined && { from: nameOf(from) }),
    ...(message !== undefined && { messageId: messageOf(message) }),
  }
}
