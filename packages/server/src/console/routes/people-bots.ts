import * as v from 'valibot'
import { wholeAsText } from '../fields.ts'
import { answerPressAs, pressAs, startAs, waitForPress } from '../people/bots.ts'
import { personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { type Route, route } from '../route.ts'

const MAX_WAIT_MS = 120_000
const DEFAULT_WAIT_MS = 30_000

const params = v.object({ id: schemas.peerNameAsText })

/** Bots and their buttons, from both sides. */
export const peopleBotRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/people/{id}/start',
    summary: 'Start a bot as this person: with a payload, or in a group',
    params,
    body: schemas.starting,
    answers: { 201: schemas.message },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 201,
      body: await startAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/presses',
    summary:
      'Press a button of a message, by its text or its data, and wait for the answer of the bot: ten seconds at most',
    params,
    body: schemas.press,
    answers: { 200: schemas.pressOutcome },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 200,
      body: await pressAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/presses/wait',
    summary: 'The oldest press that waits for the answer of this bot; 204 if none came in time',
    params,
    query: v.object({ timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)) }),
    answers: { 200: schemas.pressed, 204: undefined },
    refuses: [404, 429],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS }, signal, on }) {
      const press = await waitForPress(on, await personNamed(on, params.id), { timeoutMs, signal })
      return press === undefined ? { status: 204 } : { status: 200, body: press }
    },
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/answers',
    summary: 'Answer a press as this bot',
    params,
    body: schemas.pressReply,
    answers: { 204: undefined },
    refuses: [404, 429],
    async run({ params, body, on }) {
      await answerPressAs(on, await personNamed(on, params.id), body)
      return { status: 204 }
    },
  }),
]
