/** 64 calls at once on PostgreSQL, over the wire and two nodes: each is done once, and none waits for another in a circle. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RpcError } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { fullUpdates, GroupPeople, type GroupPerson, nextRandomId } from '../e2e/group-people.ts'
import { groupRaces, patiently } from '../e2e/group-races.ts'
import { startPostgres, startRedis } from './index.ts'

const PARALLEL = 64
const PEOPLE = 6

const postgres = await startPostgres({ settings: { deadlock_timeout: '100ms' } })
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-races-'))
after(async () => {
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

/** Two nodes of a new server. */
async function startNodes(database: string): Promise<[CablegramServer, CablegramServer]> {
  const place = {
    store: postgres.url(database),
    bus: redis.url(),
    secretFile: join(folder, `${database}.key`),
  }
  const options = { ...place, testClock: true, settings: { chatSizeMax: 8 } }
  return [await startServer(options), await startServer(options)]
}

groupRaces(
  'races in groups, on PostgreSQL',
  64,
  async () => await startNodes(await postgres.createDatabase()),
)

/** Decisions that PostgreSQL ended because they waited for each other in a circle, and all others that it took back. */
async function takenBack(database: string): Promise<{ deadlocks: number; rollbacks: number }> {
  const [row] = await postgres.query(
    `SELECT deadlocks, xact_rollback AS rollbacks FROM pg_stat_database WHERE datname = '${database}'`,
  )
  return { deadlocks: Number(row?.['deadlocks']), rollbacks: Number(row?.['rollbacks']) }
}

/** A group of people, each of whom has a poll that another one has forwarded to everybody. */
async function makeScene(people: GroupPeople) {
  const everybody: GroupPerson[] = []
  for (let index = 0; index < PEOPLE; index += 1) everybody.push(await people.person('racer'))
  const [ada, ...others] = everybody
  assert.ok(ada)
  const chatIds = [await ada.makeGroup('One', ...others), await ada.makeGroup('Two', ...others.toReversed())]
  return { everybody, chatIds }
}

const text = (words: string) => ({ _: 'textWithEntities' as const, text: words, entities: [] })

async function sendPoll({ client }: GroupPerson, chatId: bigint): Promise<number> {
  const answers = [0, 1].map(
    (each) => ({ _: 'pollAnswer', text: text(`answer ${each}`), option: Uint8Array.of(each) }) as const,
  )
  const poll = { _: 'poll' as const, id: 0n, hash: 0n, question: text('Which?'), answers }
  const peer = { _: 'inputPeerChat', chatId } as const
  const sent = { peer, media: { _: 'inputMediaPoll', poll }, message: '', randomId: nextRandomId() } as const
  const [update] = fullUpdates(await client.messages.sendMedia(sent)).updates
  assert.ok(update?._ === 'updateMessageID')
  return update.id
}

/** The number of a person's newest messages in a group that are of this kind. */
async function newestId(who: GroupPerson, chatId: bigint): Promise<number> {
  return (await who.history(chatId)).at(-1)?.id ?? 0
}

test('sends, reactions, votes, closings and deletions of 64 at once wait for each other in no circle', async (t) => {
  const database = await postgres.createDatabase()
  const nodes = await startNodes(database)
  const people = new GroupPeople(...nodes)
  const refused = new Map<string, number>()
  /** What others were quicker with is refused; nothing else is. */
  const attempt = async (call: () => Promise<unknown>): Promise<void> => {
    const error = await patiently(call).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return
    assert.ok(error instanceof RpcError && error.code < 500 && error.code > 0, String(error))
    refused.set(error.message, (refused.get(error.message) ?? 0) + 1)
  }
  try {
    const { everybody, chatIds } = await makeScene(people)
    const [one = 0n, two = 0n] = chatIds
    for (let round = 0; round < 3; round += 1) {
      // Everybody's poll of the first group is in the second one, too, and in their Saved Messages.
      const polls = await Promise.all(everybody.map((who) => sendPoll(who, one)))
      await Promise.all(
        everybody.map(({ client }, index) =>
          client.messages.forwardMessages({
            fromPeer: { _: 'inputPeerChat', chatId: one },
            toPeer: { _: 'inputPeerChat', chatId: two },
            id: [polls[index] ?? 0],
            randomId: [nextRandomId()],
          }),
        ),
      )
      const ids = await Promise.all(everybody.map((who) => newestId(who, two)))
      const acts = Array.from({ length: PARALLEL }, (_, index) => {
        const at = index % everybody.length
        const who = everybody[at]
        assert.ok(who)
        const chatId = chatIds[index % 2] ?? one
        const peer = { _: 'inputPeerChat', chatId } as const
        const msgId = ids[at] ?? 0
        const inTwo = { _: 'inputPeerChat', chatId: two } as const
        const { messages } = who.client
        const emoji = index % 2 === 0 ? '👍' : '❤'
        const act = [
          () => who.write(chatId, `text ${round} ${index}`),
          () =>
            messages.sendReaction({
              peer: inTwo,
              msgId,
              reaction: [{ _: 'reactionEmoji', emoticon: emoji }],
            }),
          () => messages.sendVote({ peer: inTwo, msgId, options: [Uint8Array.of(index % 2)] }),
          () => messages.readHistory({ peer, maxId: 0 }),
          () => closePoll(who, one, polls[at] ?? 0),
          () => messages.deleteMessages({ id: [msgId - 1, msgId - 2], revoke: true }),
          () => messages.editChatTitle({ chatId, title: `Title ${round} ${index}` }),
        ][Math.floor(index / everybody.length) % 7]
        assert.ok(act)
        return attempt(act)
      })
      await Promise.all(acts)
    }
    for (const chatId of chatIds) {
      const texts = await Promise.all(everybody.map(async (who) => textsOf(await who.history(chatId))))
      for (const each of texts) assert.deepEqual(each, texts[0])
    }
  } finally {
    await people.close()
    for (const node of nodes) await node.close()
  }
  const { deadlocks, rollbacks } = await takenBack(database)
  t.diagnostic(`${deadlocks} deadlocks, ${rollbacks} taken back; refused: ${JSON.stringify([...refused])}`)
  assert.equal(deadlocks, 0)
})

test('64 scheduled messages are sent once each, by two nodes whose clock comes to their time and by 64 calls', async () => {
  const nodes = await startNodes(await postgres.createDatabase())
  const people = new GroupPeople(...nodes)
  try {
    const [ada, bob] = [await people.person('ada'), await people.person('bob')]
    const chatIds = await Promise.all(
      ['One', 'Two', 'Three', 'Four'].map((title) => ada.makeGroup(title, bob)),
    )
    const scheduleDate = Math.floor(Date.now() / 1000) + 3600
    const schedule = async (chatId: bigint, message: string): Promise<number> => {
      const peer = { _: 'inputPeerChat', chatId } as const
      const sent = { peer, message, randomId: nextRandomId(), scheduleDate }
      const [update] = fullUpdates(await patiently(() => ada.client.messages.sendMessage(sent))).updates
      assert.ok(update?._ === 'updateMessageID')
      return update.id
    }
    const texts = Array.from({ length: PARALLEL / chatIds.length }, (_, index) => `later ${index}`)
    await Promise.all(chatIds.flatMap((chatId) => texts.map((message) => schedule(chatId, message))))
    const [first = 0n] = chatIds
    const peer = { _: 'inputPeerChat', chatId: first } as const
    const asked = await schedule(first, 'asked for')
    const calls = await Promise.all(
      Array.from({ length: PARALLEL }, () =>
        patiently(() => ada.client.messages.sendScheduledMessages({ peer, id: [asked] })).then(
          () => 'sent',
          (error: Error) => error.message,
        ),
      ),
    )
    assert.deepEqual(calls.toSorted(), [...Array(PARALLEL - 1).fill('MESSAGE_ID_INVALID'), 'sent'])
    // The other node hears that the clock was moved, and does the work at the same time.
    await nodes[0].clock.advance(3600)
    for (const chatId of chatIds) {
      const expected = [...texts, ...(chatId === first ? ['asked for'] : [])].toSorted()
      for (const who of [ada, bob]) {
        let heard: string[] = []
        while (heard.length < expected.length)
          heard = textsOf(await who.history(chatId)).filter((each) => each !== 'messageService')
        assert.deepEqual(heard.toSorted(), expected)
      }
    }
  } finally {
    await people.close()
    for (const node of nodes) await node.close()
  }
})

/** Closes a poll as clients do: by an edit that says that it is closed. */
async function closePoll({ client }: GroupPerson, chatId: bigint, id: number): Promise<unknown> {
  const poll = { _: 'poll' as const, id: 0n, hash: 0n, closed: true, question: text(''), answers: [] }
  const peer = { _: 'inputPeerChat', chatId } as const
  return await client.messages.editMessage({ peer, id, media: { _: 'inputMediaPoll', poll } })
}

function textsOf(history: Awaited<ReturnType<GroupPerson['history']>>): string[] {
  return history.map((each) => (each._ === 'message' ? each.message : each._))
}
