/** Messages that are sent later, over the wire: what all devices are told, now, at the time, and when they come back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Message, Update, Updates } from '@cablegram/tl/api'
import { fullUpdates, GroupPeople, type GroupPerson, nextRandomId } from './group-people.ts'

let server: CablegramServer
let people: GroupPeople

before(async () => {
  server = await startServer({ store: 'memory', testClock: true })
  people = new GroupPeople(server)
})

after(async () => {
  await people.close()
  await server.close()
})

const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
let aheadS = 0
/** An hour from now, on the clock that the tests move. */
const soonS = (): number => Math.floor(Date.now() / 1000) + aheadS + HOUR_S

async function passAnHour(): Promise<void> {
  aheadS += HOUR_S
  await server.clock.advance(HOUR_S)
}

/** The peer of somebody, as another person names it. */
async function peerOf(of: GroupPerson, other: GroupPerson) {
  const user = await of.user(other)
  assert.ok(user._ === 'inputUser')
  return { _: 'inputPeerUser', userId: user.userId, accessHash: user.accessHash } as const
}

function only<K extends Update['_']>(updates: Updates, kind: K): Extract<Update, { _: K }> {
  const isOfKind = (update: Update): update is Extract<Update, { _: K }> => update._ === kind
  const [found, ...more] = fullUpdates(updates).updates.filter(isOfKind)
  assert.ok(found && more.length === 0)
  return found
}

function plainMessage(message: Message): Extract<Message, { _: 'message' }> {
  assert.ok(message._ === 'message')
  return message
}

const isLater = ({ message }: { message: Message }) => message._ === 'message' && message.message === 'later'

test('all devices of the writer hear of a message that waits, and everybody of it at its time', async () => {
  const ada = await people.person('ada')
  const other = await people.again(ada)
  const bob = await people.person('bob')
  for (const { client } of [ada, other, bob]) await client.updates.getState()
  const peer = await peerOf(ada, bob)
  const scheduleDate = soonS()
  const randomId = nextRandomId()
  const answer = await ada.client.messages.sendMessage({ peer, message: 'later', randomId, scheduleDate })
  const { updates, users } = fullUpdates(answer)
  assert.deepEqual(
    updates.map(({ _ }) => _),
    ['updateMessageID', 'updateNewScheduledMessage'],
  )
  assert.deepEqual(only(answer, 'updateMessageID'), { _: 'updateMessageID', id: 1, randomId })
  const waiting = plainMessage(only(answer, 'updateNewScheduledMessage').message)
  assert.deepEqual([waiting.id, waiting.date, waiting.message], [1, scheduleDate, 'later'])
  assert.deepEqual(users.map(({ id }) => id).sort(), [ada.id, bob.id].sort())
  const told = await other.waitFor('updateNewScheduledMessage')
  assert.deepEqual([told.message.id, plainMessage(told.message).date], [1, scheduleDate])
  const full = await ada.client.users.getFullUser({ id: await ada.user(bob) })
  assert.equal(full.fullUser.hasScheduled, true)
  await passAnHour()
  const got = plainMessage((await bob.waitFor('updateNewMessage', isLater)).message)
  assert.deepEqual([got.message, got.fromScheduled, got.out], ['later', true, undefined])
  for (const device of [ada, other]) {
    const sent = plainMessage((await device.waitFor('updateNewMessage', isLater)).message)
    assert.deepEqual([sent.message, sent.fromScheduled, sent.out], ['later', true, true])
    const left = await device.waitFor('updateDeleteScheduledMessages')
    assert.deepEqual([left.messages, left.sentMessages], [[1], [sent.id]])
    assert.deepEqual(left.peer, { _: 'peerUser', userId: bob.id })
  }
  const queue = await ada.client.messages.getScheduledHistory({ peer, hash: 0n })
  assert.deepEqual(queue._ === 'messages.messages' && queue.messages, [])
})

test('a document waits with its message, and is read by the reference that comes at its time', async () => {
  const ada = await people.person('ada')
  const bob = await people.person('bob')
  await bob.client.updates.getState()
  const bytes = Uint8Array.of(1, 2, 3)
  const file = { _: 'inputFile', id: 1n, parts: 1, name: 'a.txt', md5Checksum: '' } as const
  await ada.client.upload.saveFilePart({ fileId: file.id, filePart: 0, bytes })
  await ada.client.messages.sendMedia({
    peer: await peerOf(ada, bob),
    media: { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain', attributes: [] },
    message: 'later',
    randomId: nextRandomId(),
    scheduleDate: soonS() + DAY_S,
  })
  // References last a day: the one of the waiting message has expired by then.
  for (let passedS = 0; passedS <= DAY_S; passedS += HOUR_S) await passAnHour()
  const { media } = plainMessage((await bob.waitFor('updateNewMessage', isLater)).message)
  assert.ok(media?._ === 'messageMediaDocument' && media.document?._ === 'document')
  const { id, accessHash, fileReference } = media.document
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const part = await bob.client.upload.getFile({ location, offset: 0n, limit: 4096 })
  assert.deepEqual(part._ === 'upload.file' && part.bytes, bytes)
})

test('a device that was away finds what waits, and what was sent, in its difference', async () => {
  const ada = await people.person('ada')
  const bob = await people.person('bob')
  const away = await people.again(ada)
  const { pts, date } = await away.client.updates.getState()
  const peer = await peerOf(ada, bob)
  const scheduleDate = soonS()
  const write = (message: string, dateS: number) =>
    ada.client.messages.sendMessage({ peer, message, randomId: nextRandomId(), scheduleDate: dateS })
  await write('sent', scheduleDate)
  await write('waits', scheduleDate + HOUR_S)
  await passAnHour()
  const difference = await away.client.updates.getDifference({ pts, date, qts: 1 })
  assert.ok(difference._ === 'updates.difference')
  assert.deepEqual(
    difference.newMessages.map((message) => plainMessage(message).message),
    ['sent'],
  )
  const changes = difference.otherUpdates.filter(({ _ }) => /Scheduled/.test(_))
  assert.deepEqual(changes.map(({ _ }) => _).sort(), [
    'updateDeleteScheduledMessages',
    'updateNewScheduledMessage',
  ])
})

test('a queue is asked for by its hash, changed, sent and emptied', async () => {
  const ada = await people.person('ada')
  const bob = await people.person('bob')
  const { client } = ada
  const peer = await peerOf(ada, bob)
  const scheduleDate = soonS()
  for (const message of ['a', 'b', 'c']) {
    await client.messages.sendMessage({ peer, message, randomId: nextRandomId(), scheduleDate })
  }
  const edited = await client.messages.editMessage({
    peer,
    id: 2,
    message: 'B',
    scheduleDate: scheduleDate + 60,
  })
  const now = plainMessage(only(edited, 'updateNewScheduledMessage').message)
  assert.deepEqual([now.message, now.date, now.editHide], ['B', scheduleDate + 60, true])
  const queue = await client.messages.getScheduledHistory({ peer, hash: 0n })
  assert.ok(queue._ === 'messages.messages')
  const listed = queue.messages.map(plainMessage)
  assert.deepEqual(
    listed.map(({ id, message }) => [id, message]),
    [
      [2, 'B'],
      [3, 'c'],
      [1, 'a'],
    ],
  )
  const hash = hashOf(listed.flatMap(({ id, editDate = 0, date }) => [id, editDate, date]))
  assert.equal((await client.messages.getScheduledHistory({ peer, hash }))._, 'messages.messagesNotModified')
  const some = await client.messages.getScheduledMessages({ peer, id: [3, 99] })
  assert.deepEqual(some._ === 'messages.messages' && some.messages.map(({ id }) => id), [3])
  const sent = await client.messages.sendScheduledMessages({ peer, id: [1] })
  const message = plainMessage(only(sent, 'updateNewMessage').message)
  assert.deepEqual([message.message, message.fromScheduled], ['a', true])
  const left = only(sent, 'updateDeleteScheduledMessages')
  assert.deepEqual([left.messages, left.sentMessages], [[1], [message.id]])
  const deleted = await client.messages.deleteScheduledMessages({ peer, id: [2, 3] })
  assert.deepEqual(only(deleted, 'updateDeleteScheduledMessages').messages, [2, 3])
  const empty = await client.messages.getScheduledHistory({ peer, hash: 0n })
  assert.deepEqual(empty._ === 'messages.messages' && empty.messages, [])
})

test('a group gets a message that was scheduled, with those who are there by then', async () => {
  const ada = await people.person('ada')
  const bob = await people.person('bob')
  const cid = await people.person('cid')
  for (const { client } of [bob, cid]) await client.updates.getState()
  const chatId = await ada.makeGroup('Club', bob)
  const peer = { _: 'inputPeerChat', chatId } as const
  const scheduleDate = soonS()
  const media = { _: 'inputMediaDice', emoticon: '🎲' } as const
  await ada.client.messages.sendMedia({
    peer,
    media,
    message: '',
    randomId: nextRandomId(),
    scheduleDate,
  })
  const full = await ada.client.messages.getFullChat({ chatId })
  assert.ok(full.fullChat._ === 'chatFull')
  assert.equal(full.fullChat.hasScheduled, true)
  await ada.client.messages.addChatUser({ chatId, userId: await ada.user(cid), fwdLimit: 0 })
  await passAnHour()
  for (const member of [bob, cid]) {
    const got = await member.waitFor(
      'updateNewMessage',
      ({ message }) => message._ === 'message' && message.media?._ === 'messageMediaDice',
    )
    assert.equal(plainMessage(got.message).fromScheduled, true)
  }
})

/** @see https://core.telegram.org/api/offsets#hash-generation */
function hashOf(numbers: readonly number[]): bigint {
  let hash = 0n
  for (const number of numbers) {
    hash ^= hash >> 21n
    hash = BigInt.asUintN(64, hash ^ (hash << 35n))
    hash ^= hash >> 4n
    hash = BigInt.asUintN(64, hash + BigInt(number))
  }
  return BigInt.asIntN(64, hash)
}
