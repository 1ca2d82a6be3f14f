import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  DocumentAttribute,
  InputMedia,
  InputPeer,
  InputSingleMedia,
  Message,
  Update,
  Updates,
} from '@cablegram/tl/api'
import type { RequestOf } from './index.ts'
import { createCallers, type Person, png } from './test-callers.ts'

const SELF: InputPeer = { _: 'inputPeerSelf' }
const PAGE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 20, maxId: 0, minId: 0, hash: 0n }
const DAY_S = 86_400

type Sent = Extract<Message, { _: 'message' }>

async function createScene() {
  const { world, personOf } = await createCallers()
  return { world, ada: await personOf('9996621234'), ben: await personOf('9996625678') }
}

const photo = async (person: Person): Promise<InputMedia> => ({
  _: 'inputMediaUploadedPhoto',
  file: await person.sent(png(200)),
})

async function documentOf(person: Person, ...attributes: DocumentAttribute[]): Promise<InputMedia> {
  const file = await person.sent(Uint8Array.of(1, 2, 3), 'a.bin')
  return { _: 'inputMediaUploadedDocument', file, mimeType: 'application/octet-stream', attributes }
}

const VIDEO: DocumentAttribute = { _: 'documentAttributeVideo', duration: 1, w: 8, h: 8 }
const MUSIC: DocumentAttribute = { _: 'documentAttributeAudio', duration: 1 }
const VOICE: DocumentAttribute = { _: 'documentAttributeAudio', voice: true, duration: 1 }

const item = (randomId: bigint, media: InputMedia, message = ''): InputSingleMedia => ({
  _: 'inputSingleMedia',
  media,
  randomId,
  message,
})

const album = async (
  person: Person,
  multiMedia: InputSingleMedia[],
  change: Partial<RequestOf<'messages.sendMultiMedia'>> = {},
): Promise<Update[]> =>
  updatesIn(await person.ask('messages.sendMultiMedia', { peer: SELF, multiMedia, ...change }))

const updatesIn = (answer: Updates): Update[] =>
  answer._ === 'updates' ? answer.updates : assert.fail(answer._)

const messagesIn = (updates: readonly Update[]): Sent[] =>
  updates.flatMap((update) => {
    const isNew = update._ === 'updateNewMessage' || update._ === 'updateNewScheduledMessage'
    return isNew && update.message._ === 'message' ? update.message : []
  })

async function historyOf(person: Person, peer: InputPeer): Promise<Sent[]> {
  const history = await person.ask('messages.getHistory', { ...PAGE, peer })
  assert.ok('messages' in history)
  return history.messages.flatMap((message) => (message._ === 'message' ? message : [])).reverse()
}

async function groupOf(ada: Person, ben: Person): Promise<InputPeer> {
  const users = [{ _: 'inputUser' as const, ...ada.input(ben.id) }]
  const { updates } = await ada.ask('messages.createChat', { users, title: 'Club' })
  const chatId = updates._ === 'updates' ? updates.chats[0]?.id : undefined
  return { _: 'inputPeerChat', chatId: chatId ?? assert.fail('no group') }
}

test('an album is told with all ids first, and is one group with its captions for both sides', async () => {
  const { ada, ben } = await createScene()
  const peer: InputPeer = { _: 'inputPeerUser', ...ada.input(ben.id) }
  const first = messagesIn(
    updatesIn(await ada.ask('messages.sendMessage', { peer, message: 'look', randomId: 9n })),
  )
  const caption = { ...item(1n, await photo(ada), 'bold'), entities: [BOLD] }
  const updates = await album(ada, [caption, item(2n, await documentOf(ada, VIDEO))], {
    peer,
    silent: true,
    noforwards: true,
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: first[0]?.id ?? 0 },
  })
  assert.deepEqual(
    updates.map(({ _ }) => _),
    ['updateMessageID', 'updateMessageID', 'updateNewMessage', 'updateNewMessage'],
  )
  const [one, two] = messagesIn(updates)
  assert.ok(one && two)
  assert.ok(one.groupedId !== undefined && one.groupedId > 0n)
  assert.equal(two.groupedId, one.groupedId)
  assert.deepEqual([one.message, one.entities], ['bold', [BOLD]])
  assert.deepEqual([one.silent, two.silent, one.noforwards, two.noforwards], [true, true, true, true])
  assert.deepEqual([one.replyTo?._, two.replyTo?._], ['messageReplyHeader', 'messageReplyHeader'])
  const theirs = await historyOf(ben, { _: 'inputPeerUser', ...ben.input(ada.id) })
  assert.deepEqual(
    theirs.map(({ groupedId, media }) => [groupedId, media?._]),
    [
      [undefined, undefined],
      [one.groupedId, 'messageMediaPhoto'],
      [one.groupedId, 'messageMediaDocument'],
    ],
  )
})

const BOLD = { _: 'messageEntityBold', offset: 0, length: 4 } as const

test('an album that comes again is sent once, and its answer names the messages that are there', async () => {
  const { ada } = await createScene()
  const items = [item(1n, await photo(ada)), item(2n, await photo(ada))]
  const [first, second] = [await album(ada, items), await album(ada, items)]
  const facts = (updates: readonly Update[]) =>
    messagesIn(updates).map(({ id, groupedId, media }) => [
      id,
      groupedId,
      media?._ === 'messageMediaPhoto' && media.photo?.id,
    ])
  assert.deepEqual(facts(second), facts(first))
  assert.equal((await historyOf(ada, SELF)).length, 2)
  const more = await album(ada, [...items, item(3n, await photo(ada))])
  assert.equal(messagesIn(more).length, 3)
  assert.equal((await historyOf(ada, SELF)).length, 3)
})

test('kinds that do not go together, too many, none and double ones are refused, and nothing is sent', async () => {
  const { ada } = await createScene()
  const refusedAlbum = async (error: string, ...media: InputMedia[]) => {
    const items = media.map((each, index) => item(BigInt(index + 1), each))
    await assert.rejects(album(ada, items), { message: error })
  }
  const document = await documentOf(ada)
  await refusedAlbum('MEDIA_GROUPED_INVALID', await photo(ada), document)
  await refusedAlbum('MEDIA_GROUPED_INVALID', document, await documentOf(ada, MUSIC))
  await refusedAlbum('MEDIA_GROUPED_INVALID', await photo(ada), await documentOf(ada, VOICE))
  await refusedAlbum('MEDIA_GROUPED_INVALID', await documentOf(ada, VOICE), await documentOf(ada, VOICE))
  await refusedAlbum('MULTI_MEDIA_TOO_LONG', ...Array<InputMedia>(11).fill(document))
  await refusedAlbum('MEDIA_EMPTY')
  await refusedAlbum('MEDIA_INVALID', document, { _: 'inputMediaDice', emoticon: '🎲' })
  await assert.rejects(album(ada, [item(1n, document), item(1n, document)]), {
    message: 'RANDOM_ID_DUPLICATE',
  })
  // The last is wrong: the first is not sent either.
  await refusedAlbum('FILE_PART_0_MISSING', document, {
    _: 'inputMediaUploadedDocument',
    file: { _: 'inputFile', id: 999n, parts: 1, name: 'a', md5Checksum: '' },
    mimeType: '',
    attributes: [],
  })
  assert.deepEqual(await historyOf(ada, SELF), [])
  for (const kind of [[MUSIC], []]) {
    const [one, two] = [await documentOf(ada, ...kind), await documentOf(ada, ...kind)]
    const sent = messagesIn(await album(ada, [item(7n, one), item(8n, two)]))
    assert.equal(sent.length, 2)
    await ada.ask('messages.deleteMessages', { id: sent.map(({ id }) => id), revoke: true })
  }
})

test('a single voice note may come as an album, and belongs to none', async () => {
  const { ada } = await createScene()
  const [sent] = messagesIn(await album(ada, [item(1n, await documentOf(ada, VOICE))]))
  assert.ok(sent?.media?._ === 'messageMediaDocument' && sent.media.voice)
  assert.equal(sent.groupedId, undefined)
})

test('files that were made before go into an album by their ids; a bad reference is named by its place', async () => {
  const { world, ada } = await createScene()
  const made = await ada.ask('messages.uploadMedia', { peer: SELF, media: await photo(ada) })
  assert.ok(made._ === 'messageMediaPhoto' && made.photo?._ === 'photo')
  const { id, accessHash, fileReference } = made.photo
  const known = (reference = fileReference): InputMedia => ({
    _: 'inputMediaPhoto',
    spoiler: true,
    id: { _: 'inputPhoto', id, accessHash, fileReference: reference },
  })
  const [one, two] = messagesIn(await album(ada, [item(1n, await photo(ada)), item(2n, known())]))
  assert.ok(one && two?.media?._ === 'messageMediaPhoto' && two.media.spoiler)
  assert.equal(two.media.photo?.id, id)
  const bad = async (error: string, reference?: Uint8Array) =>
    await assert.rejects(
      (async () => album(ada, [item(3n, await photo(ada)), item(4n, known(reference))]))(),
      { message: error },
    )
  await bad('FILE_REFERENCE_1_EMPTY', new Uint8Array())
  await bad('FILE_REFERENCE_1_INVALID', fileReference.with(20, (fileReference[20] ?? 0) ^ 1))
  world.clock.advance(3 * DAY_S * 1000)
  await bad('FILE_REFERENCE_1_EXPIRED')
})

test('forwards keep an album together under another id, and a single one leaves it', async () => {
  const { ada, ben } = await createScene()
  const items = [
    item(1n, await photo(ada), 'a caption'),
    item(2n, await photo(ada)),
    item(3n, await photo(ada)),
  ]
  const sent = messagesIn(await album(ada, items))
  const toPeer: InputPeer = { _: 'inputPeerUser', ...ada.input(ben.id) }
  const forward = async (id: number[], from: bigint, dropAuthor?: true) =>
    messagesIn(
      updatesIn(
        await ada.ask('messages.forwardMessages', {
          fromPeer: SELF,
          toPeer,
          id,
          randomId: id.map((_, index) => from + BigInt(index)),
          ...(dropAuthor && { dropAuthor }),
        }),
      ),
    )
  const ids = sent.map(({ id }) => id)
  const copies = await forward(ids, 10n)
  const groups = new Set(copies.map(({ groupedId }) => groupedId))
  assert.equal(groups.size, 1)
  assert.ok(!groups.has(undefined) && !groups.has(sent[0]?.groupedId))
  assert.equal(copies[0]?.message, 'a caption')
  assert.deepEqual(
    (await forward(ids.slice(1, 2), 20n)).map(({ groupedId }) => groupedId),
    [undefined],
  )
  assert.equal(new Set((await forward(ids.slice(1), 30n, true)).map(({ groupedId }) => groupedId)).size, 1)
})

test('an album waits in the queue as one, and is sent as one, once', async () => {
  const { world, ada } = await createScene()
  const dateS = Math.floor(world.clock.nowMs() / 1000) + DAY_S
  const items = [item(1n, await photo(ada), 'later'), item(2n, await photo(ada))]
  const [one, two] = messagesIn(await album(ada, items, { scheduleDate: dateS }))
  assert.ok(one?.groupedId !== undefined)
  assert.equal(two?.groupedId, one.groupedId)
  const again = messagesIn(await album(ada, items, { scheduleDate: dateS }))
  assert.deepEqual(
    again.map(({ id }) => id),
    [one.id, two.id],
  )
  const answer = await ada.ask('messages.sendScheduledMessages', { peer: SELF, id: [one.id, two.id] })
  assert.ok(messagesIn(updatesIn(answer)).every(({ groupedId }) => groupedId === one.groupedId))
  assert.deepEqual(
    (await historyOf(ada, SELF)).map(({ message, fromScheduled }) => [message, fromScheduled]),
    [
      ['later', true],
      ['', true],
    ],
  )
})

test('in a group each kind needs its right, and the album goes whole or not at all', async () => {
  const { ada, ben } = await createScene()
  const peer = await groupOf(ada, ben)
  const forbid = async (rights: object) =>
    await ada.ask('messages.editChatDefaultBannedRights', {
      peer,
      bannedRights: { _: 'chatBannedRights', untilDate: 0, ...rights },
    })
  await forbid({ sendVideos: true })
  const items = [item(1n, await photo(ben)), item(2n, await documentOf(ben, VIDEO))]
  await assert.rejects(album(ben, items, { peer }), { message: 'CHAT_SEND_VIDEOS_FORBIDDEN' })
  await forbid({ sendMedia: true })
  await assert.rejects(album(ben, items, { peer }), { message: 'CHAT_SEND_MEDIA_FORBIDDEN' })
  assert.deepEqual(await historyOf(ada, peer), [])
  await forbid({})
  assert.equal(messagesIn(await album(ben, items, { peer })).length, 2)
  await forbid({ sendVideos: true })
  // The answer was lost: the call that comes again is no new album.
  assert.equal(messagesIn(await album(ben, items, { peer })).length, 2)
  assert.equal((await historyOf(ada, peer)).length, 2)
})
