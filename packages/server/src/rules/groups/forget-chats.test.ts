import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../database/decision.ts'
import { startDueWork } from '../chats/due-work.ts'
import { type Chats, createChats, type Person } from '../test-chats.ts'
import { FORGOTTEN_AT_ONCE } from './decide-forgetting.ts'
import { addToGroup, deleteGroup, removeFromGroup } from './groups.ts'

const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']
const MESSAGES = 2 * FORGOTTEN_AT_ONCE + 100
const ofBox = sql`SELECT count(*) AS n FROM messages WHERE box_id = :boxId AND peer_id = :peerId`
const newestDeletions = sql`
  SELECT count(*) AS n FROM box_log WHERE box_id = :boxId AND kind = 'deleteMessages'`
const multiply = sql`
  INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id)
  WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < ${MESSAGES - 1})
  SELECT m.box_id, m.id + n, m.peer_id, m.from_id, m.is_out, m.date_s, m.random_id + n, m.pts, m.body_id
  FROM messages m, more WHERE m.peer_id = :peerId`
const fill = sql`
  UPDATE dialogs SET top_id = top_id + ${MESSAGES - 1}, message_count = ${MESSAGES} WHERE peer_id = :peerId`
const raise = sql`UPDATE boxes SET last_id = last_id + ${MESSAGES - 1}`
const hold = sql`
  UPDATE bodies SET holders = (SELECT count(*) FROM messages m WHERE m.body_id = bodies.body_id)`

/** A group of three with many messages. */
async function scene() {
  const world = await createChats()
  const people = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)] as const
  const peerId = await world.group(people)
  await world.say(people[0], peerId, 'hello')
  await world.store.decide(function* () {
    yield* multiply.send({ peerId })
    for (const statement of [raise, hold]) yield* statement.send()
    yield* fill.send({ peerId })
  })
  return { ...world, people, peerId, count: (who: Person) => countIn(world, who, peerId) }
}

async function countIn({ store }: Chats, { userId: boxId }: Person, peerId: bigint): Promise<number> {
  return Number((await store.look(() => ofBox.row({ boxId, peerId })))?.['n'])
}

/** Rules whose server dies after so many decisions. */
function dying({ rules }: Chats, decisions: number): Chats['rules'] {
  let left = decisions
  const { store } = rules
  const decide: typeof store.decide = async (run) => {
    if (left-- <= 0) throw new Error('killed')
    return await store.decide(run)
  }
  const { look, defer, secret } = store
  return { ...rules, store: { ...store, decide, look, defer, secret } }
}

/** Another server, or this one once it is started again. */
async function startAgain({ rules }: Chats): Promise<void> {
  const troubles: unknown[] = []
  const work = startDueWork({
    ...rules,
    startTimer: () => () => {},
    onTrouble: (error) => troubles.push(error),
  })
  await work.run()
  await work.stop()
  assert.deepEqual(troubles, [])
}

test('a history that a removed member loses goes in parts, also where the server is killed in between', async () => {
  const world = await scene()
  const { people, peerId, count, rules, store } = world
  const [ada, bob, carol] = people
  const remove = removeFromGroup(dying(world, 2), ada.caller, -peerId, bob.userId, true)
  await assert.rejects(remove, /killed/)
  assert.equal(await count(bob), MESSAGES - 2 * FORGOTTEN_AT_ONCE + 1, 'and the note of it')
  const parts = await store.look(() => newestDeletions.row({ boxId: bob.userId }))
  assert.equal(Number(parts?.['n']), 2 * FORGOTTEN_AT_ONCE)
  await world.store.decide(() =>
    sql`UPDATE chat_members SET role = 'left' WHERE user_id = :id`.send({ id: bob.userId }),
  )
  await addToGroup(rules, bob.caller, -peerId, bob.userId, 0)
  await startAgain(world)
  assert.equal(await count(bob), 2, 'the notes of going and coming back')
  assert.equal(await count(carol), MESSAGES + 2)
})

test('a group that was ended is taken from everybody, also where the server is killed in between', async () => {
  const world = await scene()
  const { people, peerId, count } = world
  const [ada] = people
  await assert.rejects(deleteGroup(dying(world, 3), ada.caller, -peerId), /killed/)
  const before = await Promise.all(people.map(count))
  assert.ok(before[0] === MESSAGES - 2 * FORGOTTEN_AT_ONCE && before[2] === MESSAGES)
  await startAgain(world)
  assert.deepEqual(await Promise.all(people.map(count)), [0, 0, 0])
})
