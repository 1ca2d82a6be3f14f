import * as v from 'valibot'
import { idAsText, wholeAsText } from '../fields.ts'
import { deleteAs, editAs, forwardAs, pinAs, reactAs, voteAs } from '../people/change.ts'
import { blockAs, listChats, readAs, typeAs } from '../people/chats.ts'
import { openFileAs } from '../people/download.ts'
import { cursorOf, eventPlaceOf, waitForEvent } from '../people/events.ts'
import { listMessages, newestMessageId, waitForMessage } from '../people/messages.ts'
import { createPerson, listPeople, personInfo, personNamed } from '../people/people.ts'
import * as schemas from '../people/schemas.ts'
import { sendAs } from '../people/send.ts'
import { sendAlbumAs } from '../people/send-album.ts'
import { BYTES, type Route, route } from '../route.ts'
import { answers, DEFAULT_WAIT_MS, does, MAX_WAIT_MS, person } from './person-route.ts'

const MAX_MESSAGE_ID = 2 ** 31 - 1
const MAX_LISTED = 100

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
    params: person,
    answers: { 200: schemas.personInfo },
    refuses: [404],
    run: async ({ params, on }) => ({
      status: 200,
      body: personInfo((await personNamed(on, params.id)).account),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/chats',
    summary: 'The chats of this person, the newest first: at most 100',
    params: person,
    answers: { 200: v.object({ chats: v.array(schemas.chat) }) },
    refuses: [404],
    run: async ({ params, on }) => ({
      status: 200,
      body: { chats: await listChats(on, await personNamed(on, params.id)) },
    }),
  }),
  answers(
    {
      path: 'messages',
      summary: 'Write a message as this person',
      body: schemas.newMessage,
      takesFiles: true,
      status: 201,
      answer: schemas.message,
    },
    sendAs,
  ),
  answers(
    {
      path: 'albums',
      summary: 'Send up to ten files together as this person: photos and videos, documents, or audio files',
      body: schemas.newAlbum,
      takesFiles: true,
      status: 201,
      answer: v.object({ messages: v.array(schemas.message) }),
    },
    async (on, actor, body) => ({ messages: await sendAlbumAs(on, actor, body) }),
  ),
  route({
    method: 'GET',
    path: '/api/people/{id}/messages',
    summary:
      'The messages of a chat as this person has them, the oldest first: the last 100, or those after afterId',
    params: person,
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
    params: person,
    query: v.object({
      with: v.optional(schemas.peerNameAsText),
      from: v.optional(schemas.peerNameAsText),
      media: v.optional(schemas.waitedMedia),
      afterId: v.optional(wholeAsText(0, MAX_MESSAGE_ID)),
      timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)),
    }),
    answers: { 200: schemas.message, 204: undefined },
    refuses: [404, 429],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS, ...wait }, signal, on }) {
      const actor = await personNamed(on, params.id)
      const message = await waitForMessage(on, actor, { ...wait, timeoutMs, signal })
      return message === undefined ? { status: 204 } : { status: 200, body: message }
    },
  }),
  answers(
    {
      path: 'edits',
      summary: 'Change the text of a message of this person’s own',
      body: schemas.edit,
      status: 200,
      answer: schemas.message,
    },
    editAs,
  ),
  does(
    {
      path: 'deletions',
      summary: 'Take messages away: from everybody, or with forAll false from this person alone',
      body: schemas.deletion,
    },
    deleteAs,
  ),
  answers(
    {
      path: 'forwards',
      summary: 'Forward messages of one chat to another',
      body: schemas.forward,
      status: 201,
      answer: v.object({ messages: v.array(schemas.message) }),
    },
    async (on, actor, body) => ({ messages: await forwardAs(on, actor, body) }),
  ),
  route({
    method: 'GET',
    path: '/api/people/{id}/files/{messageId}',
    summary:
      'The bytes of the file of a message that this person has, or with boxId of somebody’s copy; of a picture also one of its sizes',
    params: v.object({ id: schemas.personNameAsText, messageId: wholeAsText(1, MAX_MESSAGE_ID) }),
    query: v.object({ size: v.optional(schemas.sizeLetter), boxId: v.optional(idAsText) }),
    answers: { 200: BYTES },
    refuses: [404],
    run: async ({ params: { id, messageId }, query: { size, boxId }, on }) => ({
      status: 200,
      file: await openFileAs(on, await personNamed(on, id), {
        messageId: boxId === undefined ? messageId : { id: messageId, boxId },
        size,
      }),
    }),
  }),
  answers(
    {
      path: 'reactions',
      summary: 'React to a message as this person; null takes the reaction back',
      body: schemas.reaction,
      status: 200,
      answer: schemas.message,
    },
    reactAs,
  ),
  answers(
    {
      path: 'votes',
      summary: 'Vote in a poll as this person; an empty list takes the votes back',
      body: schemas.vote,
      status: 200,
      answer: schemas.message,
    },
    voteAs,
  ),
  does({ path: 'pins', summary: 'Pin a message, or with on false unpin it', body: schemas.pin }, pinAs),
  does(
    {
      path: 'reads',
      summary: 'Mark what others wrote in a chat as read: all, or up to maxId',
      body: schemas.reading,
    },
    readAs,
  ),
  does(
    { path: 'typing', summary: 'Show the others in a chat that this person writes', body: schemas.typing },
    typeAs,
  ),
  does(
    { path: 'blocks', summary: 'Block somebody, or with on false end that', body: schemas.blockChange },
    blockAs,
  ),
  route({
    method: 'GET',
    path: '/api/people/{id}/events/wait',
    summary:
      'The first event of this kind (or of any) that this person heard of after a cursor, or else from now on; 204 if none came in time',
    params: person,
    query: v.object({
      kind: v.optional(schemas.eventKind),
      with: v.optional(schemas.peerNameAsText),
      from: v.optional(schemas.peerNameAsText),
      messageId: v.optional(wholeAsText(1, MAX_MESSAGE_ID)),
      after: v.optional(schemas.cursor),
      timeoutMs: v.optional(wholeAsText(0, MAX_WAIT_MS)),
    }),
    answers: { 200: schemas.event, 204: undefined },
    refuses: [404, 429],
    async run({ params, query: { timeoutMs = DEFAULT_WAIT_MS, ...wait }, signal, on }) {
      const actor = await personNamed(on, params.id)
      const event = await waitForEvent(on, actor, { ...wait, timeoutMs, signal })
      return event === undefined ? { status: 204 } : { status: 200, body: event }
    },
  }),
  route({
    method: 'GET',
    path: '/api/people/{id}/events/cursor',
    summary:
      'The end of the events of this person, and the id of their newest message: what comes after these is new',
    params: person,
    answers: { 200: v.object({ cursor: v.string(), messageId: v.number() }) },
    refuses: [404],
    async run({ params, on }) {
      const actor = await personNamed(on, params.id)
      const cursor = cursorOf(await eventPlaceOf(on, actor))
      return { status: 200, body: { cursor, messageId: await newestMessageId(on, actor) } }
    },
  }),
]
