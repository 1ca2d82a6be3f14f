/** The contract of the Store port for files: parts that come at once, files that are put together at once, and sweeps. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe } from 'node:test'
import { createBus } from '../../bus/bus.ts'
import { createInbox } from '../../courier/index.ts'
import { createMemoryFiles } from '../../files/memory.ts'
import { pieces, testBytes } from '../../files/test-bytes.ts'
import type { Caller } from '../../ground/caller.ts'
import { createClock } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { createSettings } from '../../ground/settings.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import {
  avatarsOf,
  deleteAvatars,
  profilePhotosOf,
  showAvatar,
  uploadAvatar,
} from '../../rules/avatars/avatars.ts'
import { deleteByIds } from '../../rules/chats/delete-messages.ts'
import { deleteWaiting } from '../../rules/chats/scheduled/queue.ts'
import { scheduleMedia } from '../../rules/chats/scheduled/schedule.ts'
import { type NewMedia, sendMedia } from '../../rules/chats/send-media.ts'
import { claimMedia } from '../../rules/files/decide-media.ts'
import { makeMedia } from '../../rules/files/make-media.ts'
import { type MediaClaim, mediaHashOf, mediaReference, NO_SOURCE } from '../../rules/files/media-access.ts'
import { readFile } from '../../rules/files/read-file.ts'
import { savePart } from '../../rules/files/save-part.ts'
import { sweepFiles } from '../../rules/files/sweep.ts'
import type { Document, Message, Photo } from '../../rules/messages/words.ts'
import { sql } from '../decision.ts'
import { resetStore } from '../reset.ts'
import type { Store } from '../store.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const [PARTS, PART_BYTES] = [8, 1024]
const HOUR_MS = 3_600_000

async function createScene(store: Store, changes: Partial<Ground['settings']['files']> = {}) {
  const clock = createClock(() => 1_000_000_000_000)
  const bus = createBus()
  const courier = createInbox({ store, bus, clock }).courier
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  const settings = createSettings('box', { files: changes })
  const on: Ground = { store, files, clock, random, bus, courier, settings }
  return { on, clock, ...(await signedIn(store, '9996600001')) }
}

/** An account on the server of another one. */
async function another(scene: Scene, phone: string): Promise<Scene> {
  return { ...scene, ...(await signedIn(scene.on.store, phone)) }
}

async function signedIn(store: Store, phone: string) {
  const user = { accessHash: 1n, phone, firstName: 'Ada', lastName: '', createdAtS: 1 }
  const id = (await store.decide(() => createUser(user)))?.id ?? assert.fail('the number is taken')
  const caller: Caller = {
    authKeyId: 1n,
    dcId: 2,
    ip: '127.0.0.1',
    layer: 228,
    channels: new Set(),
    apiId: 1,
    appVersion: '1',
    state: { at: 'authorized', userId: id, isBot: false, hash: 1n, activeAtS: 1 },
    digest: () => new Uint8Array(32),
  }
  return { id, caller }
}

type Scene = Awaited<ReturnType<typeof createScene>>

async function sendParts({ on, caller }: Scene, bytes: Uint8Array): Promise<void> {
  const cut = pieces(bytes, PART_BYTES)
  const sent = cut.map((part, index) =>
    savePart(on, caller, { fileId: 1n, part: index, bytes: part, totalParts: cut.length }),
  )
  await Promise.all(sent)
}

async function sendDocument({ on, caller, id }: Scene, randomId: bigint): Promise<Document> {
  const given = {
    kind: 'document',
    file: { fileId: 1n, parts: PARTS, name: 'a.bin', md5: undefined },
    thumb: undefined,
    mime: 'text/plain',
    attributes: [],
    isPlain: false,
    staysVideo: false,
  } as const
  const { event } = await sendMedia(on, caller, writingOf({ id }, randomId), { kind: 'file', given })
  return documentIn(event.message)
}

/** A message to oneself. */
function writingOf({ id }: Pick<Scene, 'id'>, randomId: bigint) {
  return { peerId: id, content: { text: '', entities: [] }, randomId }
}

function documentIn({ media }: Message): Document {
  return media?.kind === 'document' ? media : assert.fail('no document')
}

/** A document that the server has, as its owner names it. */
function knownOf({ on, id }: Scene, { documentId: mediaId }: Document): NewMedia {
  const accessHash = mediaHashOf(on, id, mediaId)
  const reference = mediaReference(on, id, mediaId, NO_SOURCE)
  return { kind: 'file', given: { kind: 'known', of: 'document', mediaId, accessHash, reference } }
}

const KIB = 1024

/** Sends the parts of another file. */
async function sendFile({ on, caller }: Scene, fileId: bigint, length: number): Promise<void> {
  const bytes = testBytes(length).fill(Number(fileId), 0, 9)
  await savePart(on, caller, { fileId, part: 0, bytes, totalParts: undefined })
}

async function makeDocument({ on, caller }: Scene, fileId: bigint) {
  return await makeMedia(on, caller, {
    ...{ kind: 'document', thumb: undefined, mime: 'text/plain', attributes: [] },
    ...{ isPlain: false, staysVideo: false },
    file: { fileId, parts: 1, name: 'a.bin', md5: undefined },
  })
}

/** The outcomes of files that are put together at once: made, or the name of the error. */
async function atOnce(scene: Scene, fileIds: readonly bigint[]): Promise<string[]> {
  const made = await Promise.allSettled(fileIds.map((fileId) => makeDocument(scene, fileId)))
  return made.map((each) => (each.status === 'fulfilled' ? 'made' : each.reason.message)).sort()
}

const NUMBERS = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n] as const
const totals = sql`SELECT owner_id, bytes FROM file_totals WHERE bytes <> 0 ORDER BY owner_id`
const bytesInFlight = sql`SELECT sum(byte_count) AS bytes FROM uploads`
const rowsOfFiles = sql`
  SELECT (SELECT count(*) FROM blobs) AS blobs, (SELECT count(*) FROM media) AS media,
    (SELECT count(*) FROM file_uses) AS uses, (SELECT count(*) FROM uploads) AS uploads`

async function sendKnown(scene: Scene, document: Document, randomId: bigint): Promise<Document> {
  const { on, caller } = scene
  const { event } = await sendMedia(on, caller, writingOf(scene, randomId), knownOf(scene, document))
  return documentIn(event.message)
}

const OWN = { botId: undefined, isFallback: false }

/** Shows a picture of 160 by 160 pixels. */
async function uploadPhoto({ on, caller }: Scene, mark: number, isFallback = false): Promise<Photo> {
  const bytes = Buffer.alloc(64, mark)
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\xa0\0\0\0\xa0', 'latin1')
  const fileId = BigInt(mark)
  await savePart(on, caller, { fileId, part: 0, bytes: Uint8Array.from(bytes), totalParts: undefined })
  const file = { fileId, parts: 1, name: 'a.png', md5: undefined }
  return await uploadAvatar(on, caller, { file }, { botId: undefined, isFallback })
}

/** A photo as its owner names it. */
function claimOf({ on, id }: Scene, { photoId: mediaId }: Photo): MediaClaim {
  const reference = mediaReference(on, id, mediaId, NO_SOURCE)
  return { mediaId, accessHash: mediaHashOf(on, id, mediaId), reference }
}

async function namesIn({ on }: Scene): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of on.files.list()) names.push(name)
  return names
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`files, ${name}`, { concurrency: false }, () => {
    const test = holding(open)

    test('parts that come at once make one file, however often it is put together at once', async (store) => {
      const scene = await createScene(store)
      const bytes = testBytes(PARTS * PART_BYTES)
      await sendParts(scene, bytes)
      const documents = await Promise.all([1n, 2n, 3n, 4n].map((randomId) => sendDocument(scene, randomId)))
      assert.equal((await namesIn(scene)).length, 1)
      for (const { documentId } of documents) {
        const accessHash = mediaHashOf(scene.on, scene.id, documentId)
        const reference = mediaReference(scene.on, scene.id, documentId, NO_SOURCE)
        const place = { of: 'document', mediaId: documentId, accessHash, reference, letter: '' } as const
        const asked = { offset: 0n, limit: 1024 * 1024, precise: false }
        const read = await readFile(scene.on, scene.caller, place, asked)
        assert.ok(Buffer.from(bytes).equals(read.bytes))
      }
    })

    test('files that are put together at once do not overrun accountMib', async (store) => {
      const scene = await createScene(store, { accountMib: 1 })
      for (const fileId of NUMBERS) await sendFile(scene, fileId, 300 * KIB)
      const outcomes = await atOnce(scene, NUMBERS)
      assert.deepEqual(outcomes, [...Array(5).fill('FILES_TOO_MUCH'), ...Array(3).fill('made')])
      assert.equal((await namesIn(scene)).length, 3)
      const counted = (await store.look(() => totals.rows())).map((row) => Number(row['bytes']))
      assert.deepEqual(counted, [2 * KIB * KIB, 900 * KIB, 900 * KIB])
    })

    test('uploads that are never finished do not overrun serverMib', async (store) => {
      const scene = await createScene(store, { serverMib: 3 })
      const others = await Promise.all(['9996600002', '9996600003'].map((phone) => another(scene, phone)))
      const all = [scene, ...others]
      const sends = all.flatMap((each) => NUMBERS.map((fileId) => sendFile(each, fileId, 300 * KIB)))
      const sent = await Promise.allSettled(sends)
      const refused = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : []))
      assert.ok(refused.length >= 14, 'ten files of 300 KiB fill 3 MiB')
      assert.deepEqual(new Set(refused), new Set(['FILES_TOO_MUCH']))
      const flying = sent.length - refused.length
      assert.ok(flying >= 3)
      // Some were refused once they were written: they count, too.
      const { parts } = scene.on.files
      let bytes = 0
      for await (const { name } of parts.list()) bytes += (await parts.read(name, 0))?.length ?? 0
      const [row] = await store.look(() => bytesInFlight.rows())
      assert.equal(Number(row?.['bytes']), bytes)
      // An account may fill the last MiB that counts for it.
      for (const fileId of [9n, 10n, 11n]) await sendFile(scene, fileId, 300 * KIB).catch(() => undefined)
      await assert.rejects(sendFile(scene, 12n, 300 * KIB), { message: 'FILES_TOO_MUCH' })
      scene.clock.advance(25 * HOUR_MS)
      await sweepFiles(scene.on)
      assert.deepEqual(await store.look(() => totals.rows()), [])
      for (const fileId of NUMBERS) await sendFile(scene, fileId, 300 * KIB)
    })

    test('an account pays once for a file that it makes eight documents of at once', async (store) => {
      const scene = await createScene(store, { accountMib: 1 })
      await sendFile(scene, 1n, 500 * KIB)
      const outcomes = await atOnce(scene, Array<bigint>(8).fill(1n))
      assert.deepEqual(outcomes, Array(8).fill('made'))
      assert.equal((await namesIn(scene)).length, 1)
      const counted = (await store.look(() => totals.rows())).map((row) => Number(row['bytes']))
      assert.deepEqual(counted, [500 * KIB, 500 * KIB])
      for (let hours = 0; hours < 2; hours++) {
        await sweepFiles(scene.on)
        scene.clock.advance(30 * HOUR_MS)
      }
      await sweepFiles(scene.on)
      assert.deepEqual(await store.look(() => totals.rows()), [])
      assert.deepEqual(await namesIn(scene), [])
    })

    test('a reset amid uploads and assemblies leaves neither rows nor bytes', async (store) => {
      const scene = await createScene(store)
      const { files } = scene.on
      const bytes = NUMBERS.slice(0, 4)
      for (const fileId of bytes) await sendFile(scene, fileId, 70 * KIB)
      const parts = NUMBERS.slice(4).map((fileId) => sendFile(scene, fileId, 70 * KIB))
      const made = bytes.map((fileId) => makeDocument(scene, fileId))
      // Those that fail may do so before the reset is over.
      const ended = Promise.allSettled([...parts, ...made])
      await store.decide(() => resetStore(1))
      await files.clear()
      for (const each of await ended) {
        const error = each.status === 'rejected' ? each.reason.message : ''
        assert.ok(['', 'FILE_PART_0_MISSING', 'AUTH_KEY_UNREGISTERED'].includes(error), error)
      }
      const [left] = await store.look(() => rowsOfFiles.rows())
      assert.deepEqual(Object.values(left ?? {}).map(Number), [0, 0, 0, 0])
      assert.deepEqual(await namesIn(scene), [])
      for await (const { name } of files.parts.list()) assert.fail(`parts are left: ${name}`)
    })

    test('a file stays as long as a message has it', async (store) => {
      const scene = await createScene(store)
      await sendParts(scene, testBytes(PARTS * PART_BYTES))
      await sendDocument(scene, 1n)
      scene.clock.advance(30 * HOUR_MS)
      await sweepFiles(scene.on)
      assert.equal((await namesIn(scene)).length, 1)
      await deleteByIds(scene.on, scene.caller, [1], true)
      await sweepFiles(scene.on)
      scene.clock.advance(HOUR_MS - 1000)
      await sweepFiles(scene.on)
      assert.equal((await namesIn(scene)).length, 1)
      scene.clock.advance(1000)
      await sweepFiles(scene.on)
      assert.deepEqual(await namesIn(scene), [])
    })

    test('a file that is sent again stays for another hour, and one that is gone cannot be sent', async (store) => {
      const scene = await createScene(store)
      await sendParts(scene, testBytes(PARTS * PART_BYTES))
      const document = await sendDocument(scene, 1n)
      scene.clock.advance(30 * HOUR_MS)
      await deleteByIds(scene.on, scene.caller, [1], true)
      await sweepFiles(scene.on)
      scene.clock.advance(HOUR_MS / 2)
      assert.equal((await sendKnown(scene, document, 2n)).documentId, document.documentId)
      await deleteByIds(scene.on, scene.caller, [2], true)
      scene.clock.advance(HOUR_MS / 2)
      await sweepFiles(scene.on)
      assert.equal((await namesIn(scene)).length, 1)
      scene.clock.advance(HOUR_MS)
      await sweepFiles(scene.on)
      assert.deepEqual(await namesIn(scene), [])
      const claimed = await store.decide(() => claimMedia(document))
      assert.equal(claimed?.name, 'MEDIA_EMPTY')
    })

    test('a file that waits to be sent stays, and has an hour once it is taken back', async (store) => {
      const scene = await createScene(store)
      const { on, caller, clock, id } = scene
      await sendParts(scene, testBytes(PARTS * PART_BYTES))
      const document = await sendDocument(scene, 1n)
      await deleteByIds(on, caller, [1], true)
      clock.advance(30 * HOUR_MS)
      await sweepFiles(on)
      clock.advance(HOUR_MS / 2)
      const dateS = Math.floor(clock.nowMs() / 1000) + 86_400
      await scheduleMedia(on, caller, writingOf(scene, 2n), { media: knownOf(scene, document), dateS })
      await deleteWaiting(on, caller, id, [1])
      clock.advance(HOUR_MS / 2)
      await sweepFiles(on)
      assert.equal((await namesIn(scene)).length, 1)
      clock.advance(HOUR_MS)
      await sweepFiles(on)
      assert.deepEqual(await namesIn(scene), [])
    })

    test('photos of a person have an order, stay as long as they are kept, and go an hour later', async (store) => {
      const scene = await createScene(store)
      const { on, caller, clock, id } = scene
      const [first, second, fallback] = [
        await uploadPhoto(scene, 1),
        await uploadPhoto(scene, 2),
        await uploadPhoto(scene, 3, true),
      ]
      const list = async () => {
        const { count, photos } = await avatarsOf(on, caller, id, { offset: 0, maxId: 0n, limit: 9 })
        assert.equal(count, photos.length)
        return photos.map(({ photoId }) => photoId)
      }
      assert.deepEqual(await list(), [second.photoId, first.photoId])
      await showAvatar(on, caller, claimOf(scene, first), OWN)
      assert.deepEqual(await list(), [first.photoId, second.photoId])
      const profile = await profilePhotosOf(on, caller, id)
      assert.deepEqual([profile.photo?.photoId, profile.fallback?.photoId], [first.photoId, fallback.photoId])
      clock.advance(30 * HOUR_MS)
      await sweepFiles(on)
      clock.advance(HOUR_MS)
      await sweepFiles(on)
      assert.equal((await namesIn(scene)).length, 3)
      const gone = await deleteAvatars(on, caller, [claimOf(scene, first), claimOf(scene, second)])
      assert.deepEqual(gone, [first.photoId, second.photoId])
      assert.deepEqual(await list(), [])
      await sweepFiles(on)
      clock.advance(HOUR_MS)
      await sweepFiles(on)
      assert.equal((await namesIn(scene)).length, 1)
      await assert.rejects(showAvatar(on, caller, claimOf(scene, first), OWN))
    })
  })
}
