import * as v from 'valibot'
import { wholeAsText } from '../fields.ts'
import { listMessages, waitForMessage } from '../people/messages.ts'
import { createPerson, listPeople, personInfo, personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { sendAs } from '../people/send.ts'
import { type Route, route } from '../route.ts'

const MAX_WAIT_MS = 120_000
const DEFAULT_WAIT_MS = 30_000
const MAX_MESSAGE_ID = 2 ** 31 - 1
const MAX_LISTED = 100

const params = v.object({ id: schemas.peerNameAsText })

/** People to act as, without a client. */
export const peopleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/people',
    summary: 'The accounts that a test can act as: people and bots',
    answers: { 200: v.object({ people: v.array(schemas.personInfo) }) },
    run: async ({ on }) => ({ status: 200, body: { people: await listPeople(on) } }),
  }),
  route({
    method: 'POST',
    path: '/api/people',
    summary: 'Make somebody to act as; the token of a bot is shown this once',
    body: schemas.newPerson,
    answers: { 201: schemas.newPersonInfo },
    refuses: [409],
    run: async ({ body, on }) => ({ status: 201, body: await createPerson(on, body) }),
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}',
    summary: 'An account: by its id, its @username or its +phone',
    params,
    answers: { 200: schemas.personInfo },
    refuses: [404],
    run: async ({ params, on }) => ({
      status: 200,
      body: personInfo((await personNamed(on, params.id)).account),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/people/{id}/messages',
    summary: 'Write a message as this person',
    params,
    body: schemas.newMessage,
    answers: { 201: schemas.message },
    refuses: [404, 429],
    run: async ({ params, body, on }) => ({
      status: 201,
      body: await sendAs(on, await personNamed(on, params.id), body),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/messages',
    summary:
      'The messages of a chat as this person has them, the oldest first: the last 100, or those after afterId',
    params,
    query: v.object({
      with: schemas.peerNameAsText,
      afterId: v.optional(wholeAsText(0, MAX_MESSAGE_ID)),
      limit: v.optional(wholeAsText(1, MAX_LISTED)),
    }),
    answers: { 200: v.object({ messages: v.array(schemas.message) }) },
    refuses: [404],
    run: async ({ params, query, on }) => ({
      status: 200,
      body: { messages: await listMessages(on, await personNamed(on, params.id), query) },
    }),
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/messages/wait',
    summary:
      'The first message that this person received after afterId, or else after the last one that they wrote; 204 if none came in time',
    params,
    query: v.object({
      with: v.optional(schemas.peerNameAsText),
      from: v.optional(schemas.peerNameAsText),
      afterId: v.optional(wholeAsText(0, MAX_MESSAGE_ID)),
      timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)),
    }),
    answers: { 200: schemas.message, 204: undefined },
    refuses: [404, 429],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS, ...wait }, signal, on }) {
      const person = await personNamed(on, params.id)
      const message = await waitForMessage(on, person, { ...wait, timeoutMs, signal })
      return message === undefined ? { status: 204 } : { status: 200, body: message }
    },
  }),
]
