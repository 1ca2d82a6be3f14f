/** Answers and pushes about one box reach each session in the order of pts, whoever writes to the box at the same time. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import { placesIn } from '../../packages/server/src/api/places-in.ts'
import { testPhone } from './logins.ts'
import type { ReadyLine } from './serve.ts'
import { type Heard, WireClient } from './wire-client.ts'

const PARALLEL = 64

const open: { close(): unknown }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory' })
  open.push(server)
  return server
}

async function session(server: CablegramServer, phone: string): Promise<WireClient> {
  const client = await WireClient.open(server.info as ReadyLine)
  open.push(client)
  await client.logIn(phone, 'Ada')
  return client
}

let lastId = 0n

/** A text to Saved Messages. */
function save(client: WireClient, message: string) {
  lastId += 1n
  return client.call({
    _: 'messages.sendMessage',
    peer: { _: 'inputPeerSelf' },
    message,
    randomId: lastId,
  })
}

/** The places of a session's stream that do not follow the one before, from a pts on. */
function gapsOf(heard: readonly Heard[], sincePts: number): string[] {
  const gaps: string[] = []
  let pts = sincePts
  for (const one of heard) {
    for (const place of placesIn(one.kind === 'answer' ? one.answer : one.updates)) {
      if (place.pts <= sincePts) continue
      if (place.pts - place.ptsCount !== pts) gaps.push(`${place.pts} (${one.kind}) after ${pts}`)
      pts = Math.max(pts, place.pts)
    }
  }
  return gaps
}

function lastPtsOf(heard: readonly Heard[]): number {
  const places = heard.flatMap((one) => placesIn(one.kind === 'answer' ? one.answer : one.updates))
  return Math.max(0, ...places.map(({ pts }) => pts))
}

test('no session of an account hears a pts too early while several of them write at once', async () => {
  const server = await start()
  const phone = testPhone(1)
  const sessions = [await session(server, phone), await session(server, phone), await session(server, phone)]
  const [writer, other] = sessions
  assert.ok(writer !== undefined && other !== undefined)
  const { pts } = await writer.call({ _: 'updates.getState' })
  for (const each of sessions) each.heard.length = 0
  const writes = [
    ...Array.from({ length: PARALLEL }, (_, n) => save(writer, `writer ${n}`)),
    ...Array.from({ length: PARALLEL / 2 }, (_, n) => save(other, `other ${n}`)),
  ]
  await Promise.all(writes)
  const deletions = [3, 6, 9, 12, 15, 18].flatMap((id) => [
    save(writer, `more ${id}`),
    writer.call({ _: 'messages.deleteMessages', revoke: true, id: [id, id + 1] }),
    other.call({ _: 'messages.deleteMessages', revoke: true, id: [id + 2] }),
  ])
  await Promise.all(deletions)
  const end = (await writer.call({ _: 'updates.getState' })).pts
  for (const each of sessions) {
    await each.until((heard) => lastPtsOf(heard) >= end)
    assert.deepEqual(gapsOf(each.heard, pts), [])
  }
})

test('two people hear each other in order while both write at once, in full and in short updates', async () => {
  for (const shortUpdates of ['never', 'like-telegram'] as const) {
    const server = await startServer({ store: 'memory', settings: { shortUpdates } })
    open.push(server)
    const people: WireClient[] = []
    for (const index of [2, 2, 3, 3]) people.push(await session(server, testPhone(index)))
    const [ada, , bob] = people
    assert.ok(ada !== undefined && bob !== undefined)
    const peers = [await peerFor(ada, testPhone(3)), await peerFor(bob, testPhone(2))] as const
    const states = await Promise.all(people.map((each) => each.call({ _: 'updates.getState' })))
    for (const each of people) each.heard.length = 0
    await Promise.all(
      Array.from({ length: PARALLEL }, (_, n) => [write(ada, peers[0], n), write(bob, peers[1], n)]).flat(),
    )
    const ends = await Promise.all(people.map((each) => each.call({ _: 'updates.getState' })))
    for (const [index, each] of people.entries()) {
      await each.until((heard) => lastPtsOf(heard) >= (ends[index]?.pts ?? 0))
      assert.deepEqual(gapsOf(each.heard, states[index]?.pts ?? 0), [])
    }
    const kinds = new Set(ada.heard.map((one) => kindOf(one.kind === 'answer' ? one.answer : one.updates)))
    assert.equal(kinds.has('updateShortSentMessage'), shortUpdates === 'like-telegram')
    assert.equal(kinds.has('updateShortMessage'), shortUpdates === 'like-telegram')
  }
})

test('a text that comes again is told in full, as it is now', async () => {
  const server = await startServer({ store: 'memory', settings: { shortUpdates: 'like-telegram' } })
  open.push(server)
  const ada = await session(server, testPhone(2))
  await session(server, testPhone(3))
  const peer = await peerFor(ada, testPhone(3))
  const send = () => ada.call({ _: 'messages.sendMessage', peer, message: 'first', randomId: 7n })
  const sent = await send()
  assert.ok(sent._ === 'updateShortSentMessage')
  await ada.call({ _: 'messages.editMessage', peer, id: sent.id, message: 'second' })
  const again = await send()
  assert.ok(again._ === 'updates')
  const [first, second] = again.updates
  assert.deepEqual([first?._, second?._], ['updateMessageID', 'updateNewMessage'])
  assert.ok(second?._ === 'updateNewMessage' && second.message._ === 'message')
  assert.equal(second.message.message, 'second')
})

/** A peer, by a number that is put in the address book. */
async function peerFor(client: WireClient, phone: string) {
  const contact = { _: 'inputPhoneContact', clientId: 1n, phone, firstName: 'A', lastName: '' } as const
  const { users } = await client.call({ _: 'contacts.importContacts', contacts: [contact] })
  const [user] = users
  assert.ok(user?._ === 'user')
  return { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
}

function write(client: WireClient, peer: Awaited<ReturnType<typeof peerFor>>, n: number) {
  lastId += 1n
  return client.call({ _: 'messages.sendMessage', peer, message: `text ${n}`, randomId: lastId })
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '_' in value ? value._ : undefined
}
