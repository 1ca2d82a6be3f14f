import { UsageError } from '@cablegram/tl'
import { type Actor, type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import type { Person } from './people-api.ts'

const DEFAULT_WAIT_MS = 5_000

/** The calls of a test about the clients of somebody: the bot under test, say. */
export function clientCalls(on: OnConsole, act: Acting, actor: Actor): Pick<Person, 'calls' | 'idle'> {
  return {
    calls: (options = {}) => people.listCalls(on, actor, check(schemas.callsQuery, options, 'options')),
    idle: act(async (now, options = {}) => {
      const { timeoutMs = DEFAULT_WAIT_MS, quietMs } = check(schemas.idleWait, options, 'options')
      const { reason } = await people.waitUntilIdle(on, now, { quietMs, timeoutMs, signal: on.closing })
      if (reason === undefined) return
      throw new UsageError(
        'IDLE_TIMEOUT',
        `${now.account.firstName} was not idle within ${timeoutMs} ms. ${reason}`,
      )
    }),
  }
}
