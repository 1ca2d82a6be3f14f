import { type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import { call, check } from './calls.ts'
import { nameOf } from './named.ts'
import type { PeopleApi } from './people-api.ts'
import { actAs } from './person.ts'

/** People on demand for a server in process. */
export function createPeopleCalls(on: OnConsole): PeopleApi {
  return {
    create: call(async (person) => {
      const { id, token } = await people.createPerson(on, check(schemas.newPerson, person, 'person'))
      return actAs(on, await people.personNamed(on, id), { token, afterId: 0 })
    }),
    get: call(async (name) => {
      const person = await people.personNamed(on, check(schemas.peerName, nameOf(name), 'name'))
      return actAs(on, person, { token: undefined, afterId: await people.newestMessageId(on, person) })
    }),
    list: call(() => people.listPeople(on)),
  }
}
