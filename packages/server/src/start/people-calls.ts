import { type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import { call, check } from './calls.ts'
import { nameOf } from './named.ts'
import type { PeopleApi } from './people-api.ts'
import { actAs } from './person.ts'

/** Everything is new to who was just made. */
const NOTHING_YET = { afterId: 0, place: { pts: 0, sideSeq: 0 } } as const

/** People on demand for a server in process. */
export function createPeopleCalls(on: OnConsole): PeopleApi {
  return {
    create: call(async (person) => {
      const { id, token } = await people.createPerson(on, check(schemas.newPerson, person, 'person'))
      return actAs(on, await people.personNamed(on, id), { token, ...NOTHING_YET })
    }),
    get: call(async (name) => {
      const person = await people.personNamed(on, check(schemas.peerName, nameOf(name), 'name'))
      const afterId = await people.newestMessageId(on, person)
      const place = await people.eventPlaceOf(on, person)
      return actAs(on, person, { token: undefined, afterId, place })
    }),
    list: call(() => people.listPeople(on)),
  }
}
