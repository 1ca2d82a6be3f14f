/** Albums against a server of which the test writes every answer: references that are out of date, and kinds that do not go together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type {
  DocumentAttribute,
  document,
  InputSingleMedia,
  MethodName,
  Params,
  photo,
  Results,
  Message as TlMessage,
  User,
} from '@cablegram/tl/api'
import { TestClock } from '../login/test-clock.ts'
import { testBook } from '../peers/test-book.ts'
import { type AlbumItem, sendAlbum } from './send-album.ts'
import type { SendFileClient } from './send-file.ts'

const me: User = { _: 'user', id: 9n, self: true, accessHash: 99n, firstName: 'Me' }
const peerId = { _: 'peerUser', userId: 9n } as const

/** A photo with a reference of one byte. */
function photoOf(id: number, reference: number): photo {
  const fileReference = Uint8Array.of(reference)
  return { _: 'photo', id: BigInt(id), accessHash: 1n, fileReference, date: 1, sizes: [], dcId: 2 }
}

function messageOf(id: number, reference: number): TlMessage {
  const media = { _: 'messageMediaPhoto', photo: photoOf(id, reference) } as const
  return { _: 'message', id, peerId, date: 1, message: '', media }
}

const OLD = 0
const FRESH = 1

/** A server that takes fresh references only, and has these messages. */
class AlbumServer implements SendFileClient {
  readonly clock = new TestClock()
  readonly peers = testBook([me], this.clock)
  readonly closed = new AbortController().signal
  #drawn = 0
  readonly surroundings = {
    clock: this.clock,
    random: (length: number) => new Uint8Array(length).fill(++this.#drawn),
  }
  readonly albums: (readonly InputSingleMedia[])[] = []
  readonly asked: number[] = []
  readonly #messages: ReadonlyMap<number, TlMessage>
  readonly #refusal: (index: number) => string

  constructor(
    messages: readonly TlMessage[],
    refusal = (index: number) => `FILE_REFERENCE_${index}_EXPIRED`,
  ) {
    this.#messages = new Map(messages.map((message) => [message.id, message]))
    this.#refusal = refusal
  }

  async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]> {
    if (method === 'messages.sendMultiMedia') {
      const { multiMedia } = params as unknown as Params<'messages.sendMultiMedia'>
      return this.#send(multiMedia) as unknown as Results[Method]
    }
    assert.equal(method, 'messages.getMessages')
    const { id: asked } = params as unknown as Params<'messages.getMessages'>
    const [first] = asked
    assert.ok(first?._ === 'inputMessageID')
    this.asked.push(first.id)
    const message = this.#messages.get(first.id) ?? { _: 'messageEmpty', id: first.id }
    const answer = { _: 'messages.messages', messages: [message], topics: [], chats: [], users: [] }
    return answer as unknown as Results[Method]
  }

  async callPart(): Promise<never> {
    assert.fail('nothing is to be uploaded')
  }

  #send(items: readonly InputSingleMedia[]): Results['messages.sendMultiMedia'] {
    this.albums.push(items)
    for (const [index, { media }] of items.entries()) {
      assert.ok(media._ === 'inputMediaPhoto' && media.id._ === 'inputPhoto')
      if (media.id.fileReference[0] === OLD) throw new RpcError(400, this.#refusal(index))
    }
    const updates = items.flatMap(({ randomId }, index) => [
      { _: 'updateMessageID', id: 50 + index, randomId } as const,
      { _: 'updateNewMessage', message: messageOf(50 + index, FRESH), pts: 1, ptsCount: 1 } as const,
    ])
    return { _: 'updates', updates, users: [me], chats: [], date: 1, seq: 0 }
  }
}

test('each message whose reference is out of date is asked for once, and the album goes again as the same one', async () => {
  const server = new AlbumServer([messageOf(1, FRESH), messageOf(3, FRESH)])
  const sent = await sendAlbum(server, 'me', [messageOf(1, OLD), messageOf(2, FRESH), messageOf(3, OLD)])
  assert.deepEqual(
    sent.map(({ id }) => id),
    [50, 51, 52],
  )
  assert.deepEqual(server.asked, [1, 3])
  const ids = server.albums.map((items) => items.map(({ randomId }) => randomId))
  assert.equal(new Set(ids.flat()).size, 3)
  assert.deepEqual(ids, [ids[0], ids[0], ids[0]])
})

test('an error that names no file is about any of them', async () => {
  const server = new AlbumServer([messageOf(1, FRESH), messageOf(2, FRESH)], () => 'FILE_REFERENCE_EXPIRED')
  await sendAlbum(server, 'me', [messageOf(1, OLD), messageOf(2, OLD), photoOf(3, FRESH)])
  assert.deepEqual(server.asked, [1, 2])
  assert.equal(server.albums.length, 2)
})

test('a reference that stays out of date, or that no message leads to, is an error', async () => {
  const stale = new AlbumServer([messageOf(1, OLD)])
  const refused = { type: 'FILE_REFERENCE_X_EXPIRED', argument: 0 }
  await assert.rejects(sendAlbum(stale, 'me', [messageOf(1, OLD)]), refused)
  assert.deepEqual([stale.asked, stale.albums.length], [[1], 2])
  const bare = new AlbumServer([])
  await assert.rejects(sendAlbum(bare, 'me', [photoOf(1, OLD)]), refused)
  assert.deepEqual([bare.asked, bare.albums.length], [[], 1])
})

test('a message that was deleted meanwhile is named', async () => {
  const server = new AlbumServer([])
  const message = 'Message 1 was deleted: there is no file to send.'
  await assert.rejects(sendAlbum(server, 'me', [messageOf(1, OLD)]), { code: 'DOWNLOAD_INVALID', message })
})

/** The beginning of a picture; nobody looks at the rest. */
function png(): Uint8Array {
  const head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
  return Uint8Array.from([...head, 0, 0, 0, 60, 0, 0, 0, 40, 8, 0, 0, 0, 0, 0, 0, 0, 0])
}

function documentOf(...attributes: readonly DocumentAttribute[]): document {
  const names = { id: 7n, accessHash: 1n, fileReference: Uint8Array.of(FRESH) }
  const facts = { date: 1, mimeType: 'audio/mpeg', size: 9n, dcId: 2, attributes: [...attributes] }
  return { _: 'document', ...names, ...facts }
}

const text = new File(['buy milk'], 'notes.txt')
const song = documentOf({ _: 'documentAttributeAudio', duration: 3 })
const film = documentOf({ _: 'documentAttributeVideo', duration: 3, w: 60, h: 40 })

test('kinds that do not go together are refused before a byte is sent', async () => {
  const albums: readonly (readonly [string, string, readonly AlbumItem[]])[] = [
    ['photo', 'document', [png(), new Uint8Array(9)]],
    ['photo', 'document', [png(), { file: png(), name: 'a.png', mime: 'image/png' }, text]],
    ['document', 'audio', [text, song]],
    ['video', 'audio', [film, photoOf(1, FRESH), song]],
  ]
  for (const [one, other, items] of albums) {
    const cause = new RegExp(`File 1 is of the kind ${one}, and file ${items.length} of the kind ${other}\\.`)
    const refused = { code: 'ALBUM_INVALID', message: cause }
    await assert.rejects(sendAlbum(new AlbumServer([]), 'me', items), refused)
  }
})

test('an album that may be one for the server is sent', async () => {
  const uploads: readonly (readonly AlbumItem[])[] = [
    [png(), film],
    [png(), new File(['?'], 'film.mp4')],
    [text],
  ]
  for (const items of uploads) {
    await assert.rejects(sendAlbum(new AlbumServer([]), 'me', items), /nothing is to be uploaded/)
  }
  await assert.rejects(
    sendAlbum(new AlbumServer([]), 'me', [png(), text], { asDocument: true }),
    /nothing is/,
  )
})
