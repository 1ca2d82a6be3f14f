/** Faults for files, over the wire: what a client sees of each, and that it goes on once it does what the fault asks for. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type Person, startServer } from '@cablegram/server'
import type { document, InputFileLocation, InputPeer } from '@cablegram/tl/api'
import { signUp, testPhone } from './logins.ts'

const KIB = 1024
const FILE = Uint8Array.from({ length: 300 * KIB }, (_, at) => (31 * at + 7) & 255)

let server: CablegramServer
let ada: Person
let client: TelegramClient
let peer: InputPeer

before(async () => {
  server = await startServer({ store: 'memory', testClock: true, dcs: 2 })
  client = clientOf(server)
  await signUp(client, server.info, testPhone(1))
  ada = await server.people.create({ firstName: 'Ada', username: 'ada_sends' })
  await ada.send(testPhone(1), '', { media: { kind: 'document', file: FILE } })
  const { users } = await client.contacts.resolveUsername({ username: 'ada_sends' })
  const [user] = users
  assert.ok(user?._ === 'user')
  peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n }
})
after(async () => {
  await client.close()
  await server.close()
})

function clientOf({ info }: CablegramServer): TelegramClient {
  return new TelegramClient(memorySession(), { server: info, pfs: false })
}

/** The document, with a reference that was made just now. */
async function fetched(from = client, at = peer): Promise<document> {
  const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: 0n }
  const history = await from.messages.getHistory({ peer: at, ...page })
  const [found] = 'messages' in history ? history.messages : []
  const media = found?._ === 'message' ? found.media : undefined
  assert.ok(media?._ === 'messageMediaDocument' && media.document?._ === 'document')
  return media.document
}

function locationOf({ id, accessHash, fileReference }: document): InputFileLocation {
  return { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' }
}

async function part(of: document, offset = 0, from = client): Promise<Uint8Array> {
  const asked = { location: locationOf(of), offset: BigInt(offset), limit: 64 * KIB }
  const file = await from.upload.getFile(asked)
  assert.ok(file._ === 'upload.file')
  return file.bytes
}

const firstPart = Buffer.from(FILE.subarray(0, 64 * KIB))
const EXPIRED = { code: 400, type: 'FILE_REFERENCE_EXPIRED' }

describe('expired references', () => {
  test('all that were made before have expired, for reads and for messages, until they are fetched again', async () => {
    const old = await fetched()
    const { id: fault } = server.faults.add({ references: 'expired' })
    await assert.rejects(part(old), EXPIRED)
    await assert.rejects(client.upload.getFileHashes({ location: locationOf(old), offset: 0n }), EXPIRED)
    const { id, accessHash, fileReference } = old
    const again = { _: 'inputDocument', id, accessHash, fileReference } as const
    const media = { _: 'inputMediaDocument', id: again } as const
    await assert.rejects(client.messages.sendMedia({ peer, media, message: '', randomId: 1n }), EXPIRED)
    const fresh = await fetched()
    assert.notDeepEqual(fresh.fileReference, fileReference)
    assert.deepEqual(Buffer.from(await part(fresh)), firstPart)
    assert.deepEqual(await fetched(), fresh, 'what is asked for again is the same')

    const next = server.faults.add({ references: 'expired' })
    await assert.rejects(part(fresh), EXPIRED)
    await part(await fetched())
    // Without the faults the first ones are good.
    server.faults.remove(next.id)
    server.faults.remove(fault)
    assert.deepEqual(Buffer.from(await part(old)), firstPart)
  })

  test('those of one account, also of a bot, whose references do not end by themselves', async () => {
    const { id, token = '' } = await server.people.create({ firstName: 'Keeper', bot: true })
    await using bot = clientOf(server)
    await bot.start({ phone: async () => token })
    const sent = await ada.send(id, '', { media: { kind: 'document', file: FILE } })
    assert.equal(sent.media?.bytes, FILE.length)
    const [message] = await bot.messages
      .getMessages({ id: [{ _: 'inputMessageID', id: 1 }] })
      .then((found) => ('messages' in found ? found.messages : []))
    assert.ok(message?._ === 'message' && message.media?._ === 'messageMediaDocument')
    const of = message.media.document
    assert.ok(of?._ === 'document')
    await server.clock.advance(10 * 24 * 3600)
    await part(of, 0, bot)
    const mine = await fetched()
    const { id: fault } = server.faults.add({ references: 'expired', userId: id })
    await assert.rejects(part(of, 0, bot), EXPIRED)
    await part(mine)
    server.faults.remove(fault)
  })

  test('the next calls of one account, whatever their references', async () => {
    const of = await fetched()
    const own = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    const userId = Number(own[0]?.id)
    const error = { code: 400, type: 'FILE_REFERENCE_EXPIRED' }
    server.faults.add({ method: 'upload.getFile', userId: ada.id, error, times: 9 })
    server.faults.add({ method: 'upload.getFile', userId, error, times: 2 })
    await assert.rejects(part(of), EXPIRED)
    await assert.rejects(part(await fetched()), EXPIRED)
    assert.deepEqual(Buffer.from(await part(of)), firstPart)
    assert.deepEqual(
      server.faults.list().map(({ times }) => times),
      [9],
    )
    server.faults.clear()
  })
})

describe('slow, broken and moved parts', () => {
  test('an error now and then: each third part, and the rest makes the file', async () => {
    const of = await fetched()
    const { id } = server.faults.add({
      method: 'upload.getFile',
      every: 3,
      error: { code: -503, type: 'Timeout' },
    })
    const [parts, refused]: [Uint8Array[], number[]] = [[], []]
    for (let calls = 1; parts.length * 64 * KIB < FILE.length; calls++) {
      try {
        parts.push(await part(of, parts.length * 64 * KIB))
      } catch (error) {
        assert.deepEqual([(error as { code: number }).code, (error as Error).message], [-503, 'Timeout'])
        refused.push(calls)
      }
    }
    assert.deepEqual(refused, [3, 6])
    assert.deepEqual(Buffer.concat(parts), Buffer.from(FILE))
    server.faults.remove(id)
  })

  test('a connection that breaks in the middle of a part: the client gets it on the next one', async () => {
    const of = await fetched()
    const before = (await server.connections()).map(({ id }) => id)
    server.faults.add({ method: 'upload.getFile', cut: true, times: 1 })
    assert.deepEqual(Buffer.from(await part(of)), firstPart)
    assert.deepEqual(server.faults.list(), [])
    const ids = (await server.connections()).map(({ id }) => id)
    assert.ok(
      ids.some((id) => !before.includes(id)),
      'it has connected again',
    )
  })

  test('a wait that Premium would spare has its seconds', async () => {
    const location = locationOf(await fetched())
    const refusal = { code: 420, type: 'FLOOD_PREMIUM_WAIT', argument: 1 }
    const error = { code: 420, type: 'FLOOD_PREMIUM_WAIT_1' }
    // By default the client waits, and asks again.
    const unwaited = { floodWaitMaxS: 0 }
    server.faults.add({ method: 'upload.getFile', error, times: 1 })
    const asked = { location, offset: 0n, limit: 64 * KIB }
    await assert.rejects(client.upload.getFile(asked, unwaited), refusal)
    server.faults.add({ method: 'upload.saveFilePart', error, times: 1 })
    const saved = { fileId: 5n, filePart: 0, bytes: FILE.subarray(0, KIB) }
    await assert.rejects(client.upload.saveFilePart(saved, unwaited), refusal)
    assert.equal(await client.upload.saveFilePart(saved), true)
  })

  test('slow parts come whole', async () => {
    const of = await fetched()
    server.faults.add({ method: 'upload.getFile', delayMs: 20, times: 2 })
    const parts = await Promise.all([part(of), part(of, 64 * KIB)])
    assert.deepEqual(Buffer.concat(parts), Buffer.from(FILE.subarray(0, 128 * KIB)))
    assert.deepEqual(server.faults.list(), [])
  })

  test('files of another data centre: the client is sent there, and reads them there', async () => {
    const of = await fetched()
    const { id } = server.faults.add({ fileDc: 1 })
    assert.deepEqual(Buffer.from(await part(of)), firstPart)
    const dcs = (await server.connections()).map(({ dcId }) => dcId)
    assert.deepEqual(dcs.sort(), [1, 2])
    server.faults.remove(id)
  })

  test('what excludes each other, or reads no file, is refused', () => {
    const refused = [
      { references: 'expired', times: 1 },
      { references: 'expired', method: 'upload.getFile' },
      { cut: true, close: true },
      { cut: true, drop: true },
      { fileDc: 1, error: { code: 400, type: 'X' } },
      { fileDc: 1, method: 'help.getConfig' },
      { userId: 5 },
    ] as const
    for (const fault of refused) {
      assert.throws(() => server.faults.add(fault), { code: 'FAULT_INVALID' }, JSON.stringify(fault))
    }
    assert.throws(() => server.faults.add({ every: 1, cut: true }), { code: 'REQUEST_INVALID' })
  })
})
