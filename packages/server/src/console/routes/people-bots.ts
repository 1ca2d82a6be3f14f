import * as v from 'valibot'
import { wholeAsText } from '../fields.ts'
import { answerPressAs, pressAs, startAs, waitForPress } from '../people/bots.ts'
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
  does({ path: 'answers', summary: 'Answer a press as this bot', body: schemas.pressReply }, answerPressAs),
]
