import { type Actor, type EventPlace, type OnConsole, people } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { call } from './calls.ts'
import { GivenEvents } from './given-events.ts'
import { GivenMessages } from './given-messages.ts'
import type { Person } from './people-api.ts'
import { botCalls } from './person-bots.ts'
import { chatCalls } from './person-chats.ts'
import { clientCalls } from './person-clients.ts'
import { eventCalls } from './person-events.ts'
import { groupCalls } from './person-groups.ts'
import { messageCalls } from './person-messages.ts'

/** The state that somebody begins with. */
interface Beginning {
  readonly token: string | undefined
  /** Messages up to this one are not news. */
  readonly afterId: number
  /** Events up to there, neither. */
  readonly place: EventPlace
}

/** Somebody to act as, with the calls of a test. */
export function actAs(on: OnConsole, made: Actor, { token, afterId, place }: Beginning): Person {
  const act: Acting = (run) => call(async (...args) => await run(await people.stillThere(on, made), ...args))
  return {
    ...people.personInfo(made.account),
    ...(token !== undefined && { token }),
    ...messageCalls(on, act, new GivenMessages(afterId)),
    ...botCalls(on, act),
    ...clientCalls(on, act, made),
    ...chatCalls(on, act),
    ...groupCalls(on, act),
    ...eventCalls(on, act, new GivenEvents(place)),
  }
}
