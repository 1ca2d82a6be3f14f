import * as v from 'valibot'
import { showConnections } from '../acts/connections.ts'
import { addFault } from '../acts/faults.ts'
import { ConsoleError } from '../error.ts'
import { idAsText } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { activeFault, connection, newFault } from '../schemas.ts'

/** Faults, and the connections that they can apply to. */
export const faultRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/faults',
    summary: 'The faults that wait for requests, the oldest first',
    answers: { 200: v.object({ faults: v.array(activeFault) }) },
    run: ({ on }) => ({ status: 200, body: { faults: on.gateway.faults.list() } }),
  }),
  route({
    method: 'POST',
    path: '/api/faults',
    summary: 'Make requests or updates go wrong: an error, a broken connection, no answer, a delay',
    body: newFault,
    answers: { 201: v.object({ id: v.number() }) },
    refuses: [409],
    async run({ body, on }) {
      const added = addFault(on, body)
      await on.gateway.faults.settled()
      return { status: 201, body: added }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/faults',
    summary: 'End all faults',
    answers: { 204: undefined },
    async run({ on }) {
      on.gateway.faults.clear()
      await on.gateway.faults.settled()
      return { status: 204 }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/faults/{id}',
    summary: 'End a fault',
    params: v.object({ id: idAsText }),
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      const isRemoved = on.gateway.faults.remove(params.id)
      await on.gateway.faults.settled()
      if (isRemoved) return { status: 204 }
      throw new ConsoleError(
        404,
        'FAULT_NOT_FOUND',
        `No fault has the id ${params.id}; it may have been used up.`,
        'List the faults: npx cablegram fault (GET /api/faults).',
      )
    },
  }),
  route({
    method: 'GET',
    path: '/api/connections',
    summary: 'The connections that are open, the oldest first; a fault can be for one of them',
    answers: { 200: v.object({ connections: v.array(connection) }) },
    run: async ({ on }) => ({ status: 200, body: { connections: await showConnections(on) } }),
  }),
]
