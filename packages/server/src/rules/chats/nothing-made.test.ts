import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../database/decision.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Settings } from '../../ground/settings.ts'
import { everything, KIB, refusedWith, send, sent } from '../files/test-files.ts'
import type { PeerId } from '../messages/words.ts'
import { block, createChats, setRole } from '../test-chats.ts'
import { type Album, type AlbumSent, sendAlbum } from './albums.ts'
import type { Written } from './decide-write.ts'
import { editMedia } from './edit-message.ts'
import { editWaiting } from './scheduled/edit-waiting.ts'
import { type Scheduled, scheduleAlbum, scheduleMedia } from './scheduled/schedule.ts'
import { type NewFile, sendMedia } from './send-media.ts'
import { makeFor } from './upload-media.ts'

const SEND_MESSAGES = 2
const SEND_DOCS = 1 << 24
const forbidDocuments = sql`UPDATE chats SET default_rights = ${SEND_DOCS} WHERE chat_id = :chatId`
const DAY_S = 86_400
const TEXT = { text: '', entities: [] }

async function createScene(settings: Partial<Settings> = {}) {
  const chats = await createChats({ settings })
  const { rules, person, clock } = chats
  const [ada, bob] = [await person('9996621234'), await person('9996625555')]
  const bobs = { world: chats, caller: bob.caller, id: bob.userId }
  const { fileId, parts } = await send(bobs, new Uint8Array(KIB), KIB)
  const file = sent(fileId, parts)
  const more = { thumb: undefined, mime: '', attributes: [], isPlain: false, staysVideo: false } as const
  const document: NewFile = { kind: 'file', given: { kind: 'document', file, ...more } }
  const touched = (): never => assert.fail('a file was made')
  /** No file can be made with it. */
  const barren: Ground = { ...rules, files: { ...rules.files, put: touched } }
  const laterS = Math.floor(clock.nowMs() / 1000) + DAY_S
  const writing = (peerId: PeerId, randomId: bigint) => ({ peerId, content: TEXT, randomId })
  const album = (peerId: PeerId, randomId: bigint): Album => ({
    peerId,
    items: [
      { ...TEXT, randomId, media: document },
      { ...TEXT, randomId: randomId + 1n, media: document },
    ],
    replyTo: undefined,
    shared: {},
    clearsDraft: false,
  })
  /** The ways in which Bob sends a document of his. */
  const ways = {
    now: (on: Ground, peerId: PeerId, id: bigint) => sendMedia(on, bob.caller, writing(peerId, id), document),
    later: (on: Ground, peerId: PeerId, id: bigint) =>
      scheduleMedia(on, bob.caller, writing(peerId, id), { media: document, dateS: laterS }),
    album: (on: Ground, peerId: PeerId, id: bigint) => sendAlbum(on, bob.caller, album(peerId, id)),
    albumLater: (on: Ground, peerId: PeerId, id: bigint) =>
      scheduleAlbum(on, bob.caller, album(peerId, id), laterS),
  }
  const kept = () => everything(bobs)
  return { ...chats, ada, bob, document, barren, laterS, ways, kept }
}

const WAYS = ['now', 'later', 'album', 'albumLater'] as const

test('nothing is put together where the sender may not write, and nothing is kept', async () => {
  const { ada, bob, group, store, ways, barren, document, kept } = await createScene()
  const silent = await group([ada, bob], SEND_MESSAGES)
  const withoutDocuments = await group([ada, bob], SEND_DOCS)
  const left = await group([ada, bob])
  await setRole(store, left, bob, 'left')
  const before = await kept()
  for (const way of WAYS) {
    await assert.rejects(ways[way](barren, silent, 1n), refusedWith('CHAT_WRITE_FORBIDDEN'), way)
    await assert.rejects(ways[way](barren, left, 1n), refusedWith('CHAT_WRITE_FORBIDDEN'), way)
    const refused = ways[way](barren, withoutDocuments, 1n)
    await assert.rejects(refused, refusedWith('CHAT_SEND_DOCS_FORBIDDEN'), way)
    await assert.rejects(ways[way](barren, -12_345n, 1n), refusedWith('PEER_ID_INVALID'), way)
  }
  await assert.rejects(
    makeFor(barren, bob.caller, silent, document.given),
    refusedWith('CHAT_WRITE_FORBIDDEN'),
  )
  await block(store, ada, bob)
  for (const way of WAYS)
    await assert.rejects(ways[way](barren, ada.userId, 1n), refusedWith('USER_IS_BLOCKED'), way)
  const forAda = makeFor(barren, bob.caller, ada.userId, document.given)
  await assert.rejects(forAda, refusedWith('USER_IS_BLOCKED'))
  assert.deepEqual(await kept(), before)
})

test('nothing is put together for messages that a budget has no room for', async () => {
  const actLimits = [{ act: 'message', max: 1, windowS: 60 }] as const
  const { bob, say, ways, barren } = await createScene({ actLimits })
  await say(bob, bob.userId, 'the only one')
  for (const way of WAYS) await assert.rejects(ways[way](barren, bob.userId, 7n), /FLOOD_WAIT_\d+/, way)
})

test('a message or an album that comes again is answered without its files, also by one who has left', async () => {
  const { ada, bob, group, store, rules, ways, barren, kept } = await createScene()
  for (const way of WAYS) {
    const peerId = await group([ada, bob])
    const first = await ways[way](rules, peerId, 1_000n + BigInt(WAYS.indexOf(way)) * 10n)
    await setRole(store, peerId, bob, 'left')
    const before = await kept()
    const again = await ways[way](barren, peerId, 1_000n + BigInt(WAYS.indexOf(way)) * 10n)
    assert.deepEqual(idsIn(again), idsIn(first), way)
    assert.deepEqual(await kept(), before)
  }
})

/** The ids of the messages of an answer. */
function idsIn(answer: Written | Scheduled | AlbumSent): number[] {
  if (answer.kind === 'written') return [answer.event.message.id]
  if (answer.kind === 'waiting') return answer.waiting.map(({ message }) => message.id)
  return answer.events.flatMap((event) => (event.kind === 'newMessage' ? event.message.id : []))
}

test('nothing is put together for an edit that the group forbids', async () => {
  const { ada, bob, group, say, store, rules, barren, document, laterS, kept } = await createScene()
  const open = await group([ada, bob])
  const message = await say(bob, open, 'a text')
  const queued = await scheduleMedia(
    rules,
    bob.caller,
    { peerId: open, content: TEXT, randomId: 5n },
    { media: document, dateS: laterS },
  )
  assert.ok(queued.kind === 'waiting')
  const waitingId = queued.waiting[0]?.message.id ?? assert.fail()
  await store.decide(() => forbidDocuments.send({ chatId: -open }))
  const before = await kept()
  const edit = { peerId: open, id: message.id, text: undefined, media: document, markup: undefined }
  await assert.rejects(editMedia(barren, bob.caller, edit), refusedWith('CHAT_SEND_DOCS_FORBIDDEN'))
  const waiting = { peerId: open, id: waitingId, dateS: laterS, text: undefined, media: document }
  await assert.rejects(editWaiting(barren, bob.caller, waiting), refusedWith('CHAT_SEND_DOCS_FORBIDDEN'))
  const gone = editWaiting(barren, bob.caller, { ...waiting, id: 99 })
  await assert.rejects(gone, refusedWith('MESSAGE_ID_INVALID'))
  await setRole(store, open, bob, 'left')
  await assert.rejects(editMedia(barren, bob.caller, edit), refusedWith('CHAT_WRITE_FORBIDDEN'))
  assert.deepEqual(await kept(), before)
})
