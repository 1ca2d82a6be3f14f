import { moveClock, showClock } from '../acts/clock.ts'
import { type Route, route } from '../route.ts'
import { clockState, clockStep } from '../schemas.ts'

/** The rules' clock, which a test may move ahead. */
export const clockRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/clock',
    summary: 'The time of the rules, and how far it is ahead of the wall clock',
    answers: { 200: clockState },
    run: ({ on }) => ({ status: 200, body: showClock(on) }),
  }),
  route({
    method: 'POST',
    path: '/api/clock/advance',
    summary: 'Move the rules’ clock ahead; 409 without --test-clock',
    body: clockStep,
    answers: { 200: clockState },
    refuses: [409],
    run: async ({ body, on }) => {
      await moveClock(on, body.seconds)
      return { status: 200, body: showClock(on) }
    },
  }),
]
