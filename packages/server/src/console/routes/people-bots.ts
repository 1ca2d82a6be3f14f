import * as v from 'valibot'
import { wholeAsText } from '../fields.ts'
import { answerPressAs, pressAs, startAs, waitForPress } from '../people/bots.ts'
import { listCalls, waitUntilIdle } from '../people/calls.ts'
import { personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { type Route, route } from '../route.ts'
import { answers, DEFAULT_WAIT_MS, does, MAX_WAIT_MS, person } from './person-route.ts'

/** Bots and their buttons, from both sides. */
export const peopleBotRoutes: readonly Route[] = [
  answers(
    {
      path: 'start',
      summary: 'Start a bot as this person: with a payload, or in a group',
      body: schemas.starting,
      status: 201,
      answer: schemas.message,
    },
    startAs,
  ),
  answers(
    {
      path: 'presses',
      summary:
        'Press a button of a message, by its text or its data, and wait for the answer of the bot: ten seconds at most',
      body: schemas.press,
      status: 200,
      answer: schemas.pressOutcome,
    },
    pressAs,
  ),
  route({
    method: 'GET',
    path: '/api/people/{id}/presses/wait',
    summary: 'The oldest press that waits for the answer of this bot; 204 if none came in time',
    params: person,
    query: v.object({ timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)) }),
    answers: { 200: schemas.pressed, 204: undefined },
    refuses: [404, 429],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS }, signal, on }) {
      const press = await waitForPress(on, await personNamed(on, params.id), { timeoutMs, signal })
      return press === undefined ? { status: 204 } : { status: 200, body: press }
    },
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/calls',
    summary:
      'The calls that the clients of this person or bot have made to this node, with their answers: the last 1,000',
    params: person,
    query: v.object({ afterId: v.optional(wholeAsText(0, Number.MAX_SAFE_INTEGER)) }),
    answers: { 200: v.object({ calls: v.array(schemas.personCall) }) },
    refuses: [404],
    async run({ params, query, on }) {
      return { status: 200, body: { calls: listCalls(on, await personNamed(on, params.id), query) } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/idle',
    summary:
      'Wait until all news has gone out to the clients of this person or bot, their calls are over, and all is quiet',
    params: person,
    query: v.object({
      quietMs: v.optional(wholeAsText(0, schemas.MAX_QUIET_MS)),
      timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)),
    }),
    answers: { 200: schemas.idleness },
    refuses: [404],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS, quietMs }, signal, on }) {
      const limits = { quietMs, timeoutMs, signal }
      return { status: 200, body: await waitUntilIdle(on, await personNamed(on, params.id), limits) }
    },
  }),
  does({ path: 'answers', summary: 'Answer a press as this bot', body: schemas.pressReply }, answerPressAs),
]
