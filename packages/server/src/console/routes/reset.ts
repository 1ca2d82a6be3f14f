import { resetServer } from '../acts/server.ts'
import { type Route, route } from '../route.ts'

/** Everything anew, for the next test. */
export const resetRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/reset',
    summary:
      'Make the server as it was right after its start; keys and apps stay. 409 without --memory or --test-clock',
    answers: { 204: undefined },
    refuses: [409],
    async run({ on }) {
      await resetServer(on)
      return { status: 204 }
    },
  }),
]
