import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { DocumentAttribute, InputMedia, InputPeer, Message, Updates } from '@cablegram/tl/api'
import type { RequestOf } from './index.ts'
import { createCallers, type Person, png } from './test-callers.ts'

const SELF: InputPeer = { _: 'inputPeerSelf' }
const DAY_S = 86_400
const BYTES = Uint8Array.of(1, 2, 3)

type Sent = Extract<Message, { _: 'message' }>

async function createScene() {
  const { world, personOf } = await createCallers()
  return { world, ada: await personOf('9996621234'), ben: await personOf('9996625678') }
}

const photo = async (person: Person): Promise<InputMedia> => ({
  _: 'inputMediaUploadedPhoto',
  file: await person.sent(png(200)),
})

async function documentOf(
  person: Person,
  attributes: DocumentAttribute[] = [],
  mimeType = 'text/plain',
): Promise<InputMedia> {
  const file = await person.sent(BYTES, 'a.bin')
  return { _: 'inputMediaUploadedDocument', file, mimeType, attributes }
}

function messageIn(answer: Updates): Sent {
  const updates = answer._ === 'updates' ? answer.updates : assert.fail(answer._)
  for (const update of updates) {
    if ('message' in update && typeof update.message === 'object' && update.message._ === 'message') {
      return update.message
    }
  }
  return assert.fail('no message')
}

let lastRandomId = 0n
const send = async (person: Person, media: InputMedia, peer: InputPeer = SELF, more: object = {}) =>
  messageIn(
    await person.ask('messages.sendMedia', { peer, media, message: '', randomId: ++lastRandomId, ...more }),
  )
const edit = async (person: Person, change: Omit<RequestOf<'messages.editMessage'>, '_'>) =>
  messageIn(await person.ask('messages.editMessage', change))

const toBen = (ada: Person, ben: Person): InputPeer => ({ _: 'inputPeerUser', ...ada.input(ben.id) })

async function messageOf(person: Person, id: number): Promise<Sent> {
  const found = await person.ask('messages.getMessages', { id: [{ _: 'inputMessageID', id }] })
  const [message] = 'messages' in found ? found.messages : []
  return message?._ === 'message' ? message : assert.fail('no message')
}

test('other media take the place of a photo for both sides, the caption stays, and an empty one takes it away', async () => {
  const { ada, ben } = await createScene()
  const peer = toBen(ada, ben)
  const sent = await send(ada, await photo(ada), peer, { message: 'look' })
  const edited = await edit(ada, { peer, id: sent.id, media: await documentOf(ada) })
  assert.equal(edited.media?._, 'messageMediaDocument')
  assert.equal(edited.message, 'look')
  assert.ok(edited.editDate !== undefined)
  const theirs = await messageOf(ben, 1)
  assert.ok(theirs.media?._ === 'messageMediaDocument' && theirs.media.document?._ === 'document')
  const { id, accessHash, fileReference } = theirs.media.document
  const part = await ben.ask('upload.getFile', {
    location: { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' },
    offset: 0n,
    limit: 4096,
  })
  assert.ok(part._ === 'upload.file')
  assert.deepEqual(Buffer.from(part.bytes), Buffer.from(BYTES))
  assert.equal((await edit(ada, { peer, id: sent.id, message: '' })).message, '')
  await assert.rejects(edit(ada, { peer, id: sent.id, message: 'a'.repeat(1025) }), {
    message: 'MEDIA_CAPTION_TOO_LONG',
  })
})

test('a text gets a photo, and the same photo again is no change', async () => {
  const { ada } = await createScene()
  const sent = messageIn(
    await ada.ask('messages.sendMedia', { peer: SELF, media: await photo(ada), message: '', randomId: 77n }),
  )
  assert.ok(sent.media?._ === 'messageMediaPhoto' && sent.media.photo?._ === 'photo')
  const { id, accessHash, fileReference } = sent.media.photo
  const known: InputMedia = {
    _: 'inputMediaPhoto',
    id: { _: 'inputPhoto', id, accessHash, fileReference },
  }
  const text = messageIn(
    await ada.ask('messages.sendMessage', { peer: SELF, message: 'a text', randomId: 78n }),
  )
  const edited = await edit(ada, { peer: SELF, id: text.id, media: known, message: 'a caption' })
  assert.ok(edited.media?._ === 'messageMediaPhoto')
  assert.deepEqual([edited.media.photo?.id, edited.message], [id, 'a caption'])
  await assert.rejects(edit(ada, { peer: SELF, id: text.id, media: known }), {
    message: 'MESSAGE_NOT_MODIFIED',
  })
})

test('what cannot be replaced, or cannot replace, is refused', async () => {
  const { ada } = await createScene()
  const VOICE: DocumentAttribute = { _: 'documentAttributeAudio', voice: true, duration: 1 }
  const voice = await send(ada, await documentOf(ada, [VOICE]))
  const document = await send(ada, await documentOf(ada))
  const replacing = async (id: number, media: InputMedia) => await edit(ada, { peer: SELF, id, media })
  await assert.rejects(replacing(voice.id, await photo(ada)), { message: 'MEDIA_PREV_INVALID' })
  await assert.rejects(replacing(document.id, await documentOf(ada, [VOICE])), {
    message: 'MEDIA_NEW_INVALID',
  })
  await assert.rejects(replacing(document.id, { ...(await photo(ada)), ttlSeconds: 5 } as InputMedia), {
    message: 'MEDIA_TTL_INVALID',
  })
  await assert.rejects(replacing(999, await photo(ada)), { message: 'MESSAGE_ID_INVALID' })
})

test('in an album only media of its family take the place of others, and the album stays', async () => {
  const { ada } = await createScene()
  const answer = await ada.ask('messages.sendMultiMedia', {
    peer: SELF,
    multiMedia: [
      { _: 'inputSingleMedia', media: await photo(ada), randomId: 1n, message: '' },
      { _: 'inputSingleMedia', media: await photo(ada), randomId: 2n, message: '' },
    ],
  })
  const { id, groupedId } = messageIn(answer)
  await assert.rejects(edit(ada, { peer: SELF, id, media: await documentOf(ada) }), {
    message: 'MEDIA_GROUPED_INVALID',
  })
  const VIDEO: DocumentAttribute = { _: 'documentAttributeVideo', duration: 1, w: 8, h: 8 }
  const edited = await edit(ada, { peer: SELF, id, media: await documentOf(ada, [VIDEO]) })
  assert.equal(edited.groupedId, groupedId)
})

test('media of a message that waits are replaced, and sent so', async () => {
  const { world, ada } = await createScene()
  const scheduleDate = Math.floor(world.clock.nowMs() / 1000) + DAY_S
  const waiting = await send(ada, await photo(ada), SELF, { scheduleDate, message: 'later' })
  const media = await documentOf(ada)
  const edited = await edit(ada, { peer: SELF, id: waiting.id, scheduleDate, media })
  assert.deepEqual([edited.media?._, edited.message], ['messageMediaDocument', 'later'])
  const sent = messageIn(await ada.ask('messages.sendScheduledMessages', { peer: SELF, id: [waiting.id] }))
  assert.equal(sent.media?._, 'messageMediaDocument')
})

test('a document is found by its hash by those who have it, and by nobody else', async () => {
  const { ada, ben } = await createScene()
  const sha256 = Uint8Array.from(createHash('sha256').update(BYTES).digest())
  const find = async (person: Person, change: object = {}) =>
    await person.ask('messages.getDocumentByHash', {
      sha256,
      size: BigInt(BYTES.length),
      mimeType: 'text/plain',
      ...change,
    })
  const sent = await send(ada, await documentOf(ada))
  const found = await find(ada)
  assert.ok(found._ === 'document')
  assert.ok(sent.media?._ === 'messageMediaDocument')
  assert.equal(found.id, sent.media.document?.id)
  assert.equal((await find(ada, { mimeType: 'image/png' }))._, 'documentEmpty')
  assert.equal((await find(ada, { size: 4n }))._, 'documentEmpty')
  assert.equal((await find(ben))._, 'documentEmpty')
  await assert.rejects(find(ada, { sha256: BYTES }), { message: 'SHA256_HASH_INVALID' })
  await ada.ask('messages.forwardMessages', {
    fromPeer: SELF,
    toPeer: toBen(ada, ben),
    id: [sent.id],
    randomId: [500n],
  })
  const theirs = await find(ben)
  assert.ok(theirs._ === 'document')
  assert.equal(theirs.id, found.id)
  assert.notEqual(theirs.accessHash, found.accessHash)
  const { id, accessHash, fileReference } = theirs
  const known: InputMedia = {
    _: 'inputMediaDocument',
    id: { _: 'inputDocument', id, accessHash, fileReference },
  }
  assert.equal((await send(ben, known)).media?._, 'messageMediaDocument')
})

test('hashes of pictures of reactions and of avatars are those of their bytes', async () => {
  const { ada, ben } = await createScene()
  const reactions = await ada.ask('messages.getAvailableReactions', { hash: 0 })
  assert.ok(reactions._ === 'messages.availableReactions')
  const icon = reactions.reactions[0]?.staticIcon
  assert.ok(icon?._ === 'document')
  const { photo: own } = await ada.ask('photos.uploadProfilePhoto', { file: await ada.sent(png(200)) })
  const locations = [
    { _: 'inputDocumentFileLocation', ...inputOf(icon), thumbSize: '' },
    {
      _: 'inputPeerPhotoFileLocation',
      peer: { _: 'inputPeerUser', ...ben.input(ada.id) },
      photoId: own.id,
    },
  ] as const
  for (const location of locations) {
    const part = await ben.ask('upload.getFile', { location, offset: 0n, limit: 1024 * 1024 })
    assert.ok(part._ === 'upload.file' && part.bytes.length > 0)
    const [hash, ...more] = await ben.ask('upload.getFileHashes', { location, offset: 1n })
    const sha256 = createHash('sha256').update(part.bytes).digest()
    assert.deepEqual(more, [])
    assert.deepEqual([hash?.offset, hash?.limit], [0n, part.bytes.length])
    assert.deepEqual(Buffer.from(hash?.hash ?? []), sha256)
  }
})

const inputOf = (document: {
  readonly id: bigint
  readonly accessHash: bigint
  readonly fileReference: Uint8Array
}) => {
  const { id, accessHash, fileReference } = document
  return { id, accessHash, fileReference }
}

test('a recording is unheard for both sides until somebody listens, and the sender is told', async () => {
  const { ada, ben } = await createScene()
  const peer = toBen(ada, ben)
  for (const attribute of [
    { _: 'documentAttributeAudio', voice: true, duration: 1 },
    { _: 'documentAttributeVideo', roundMessage: true, duration: 1, w: 8, h: 8 },
  ] as const) {
    const sent = await send(ada, await documentOf(ada, [attribute]), peer)
    assert.equal(sent.mediaUnread, true)
    const theirs = await messageOf(ben, sent.id)
    assert.equal(theirs.mediaUnread, true)
    const { pts, date } = await ada.ask('updates.getState', {})
    // One's own listening changes nothing.
    await ada.ask('messages.readMessageContents', { id: [sent.id] })
    assert.equal((await messageOf(ada, sent.id)).mediaUnread, true)
    const read = await ben.ask('messages.readMessageContents', { id: [theirs.id] })
    assert.equal(read.ptsCount, 1)
    assert.equal((await messageOf(ben, theirs.id)).mediaUnread, undefined)
    assert.equal((await messageOf(ada, sent.id)).mediaUnread, undefined)
    const missed = await ada.ask('updates.getDifference', { pts, date, qts: 0 })
    assert.ok(missed._ === 'updates.difference')
    const [told] = missed.otherUpdates
    assert.ok(told?._ === 'updateReadMessagesContents')
    assert.deepEqual(told.messages, [sent.id])
    assert.equal((await ben.ask('messages.readMessageContents', { id: [theirs.id] })).ptsCount, 0)
  }
  const own = await send(
    ada,
    await documentOf(ada, [{ _: 'documentAttributeAudio', voice: true, duration: 1 }]),
  )
  assert.equal(own.mediaUnread, undefined)
})

test('a document whose preview is a file without id and parts has no preview', async () => {
  const { ada } = await createScene()
  const thumb = { _: 'inputFile', id: 0n, parts: 0, name: '', md5Checksum: '' } as const
  const { media } = await send(ada, { ...(await documentOf(ada)), thumb } as InputMedia)
  const document = media?._ === 'messageMediaDocument' ? media.document : undefined
  assert.equal(document?._ === 'document' ? document.thumbs : assert.fail(), undefined)
})
