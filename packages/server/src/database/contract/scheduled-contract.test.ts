/** The contract of the Store port for what waits for a time: several nodes do it, and it is done once. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe } from 'node:test'
import { createBus } from '../../bus/bus.ts'
import { createInbox } from '../../courier/index.ts'
import { createMemoryFiles } from '../../files/memory.ts'
import type { Caller } from '../../ground/caller.ts'
import { createClock } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { createSettings } from '../../ground/settings.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import { closeDuePolls } from '../../rules/chats/close-due-polls.ts'
import { waitingIn } from '../../rules/chats/scheduled/queue.ts'
import { scheduleMedia, scheduleText } from '../../rules/chats/scheduled/schedule.ts'
import { sendDue } from '../../rules/chats/scheduled/send-due.ts'
import { sideEventsAfter } from '../../rules/messages/decide-side-log.ts'
import { historyOf } from '../../rules/messages/messages.ts'
import type { Store } from '../store.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const [START_MS, NODES, MESSAGES] = [1_000_000_000_000, 4, 12]
const START_S = START_MS / 1000

async function createScene(store: Store) {
  const clock = createClock(() => START_MS)
  const bus = createBus()
  const courier = createInbox({ store, bus, clock }).courier
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  const on: Ground = { store, files, clock, random, bus, courier, settings: createSettings('box') }
  const [ada, bob] = [await makeUser(store, 0), await makeUser(store, 1)]
  return { on, clock, ada, bob }
}

interface Person {
  readonly id: bigint
  readonly caller: Caller
}

async function makeUser(store: Store, n: number): Promise<Person> {
  const user = { accessHash: 1n, phone: `999660000${n}`, firstName: 'Ada', lastName: '', createdAtS: 1 }
  const id = (await store.decide(() => createUser(user)))?.id ?? assert.fail('the number is taken')
  const caller: Caller = {
    authKeyId: BigInt(n + 1),
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

const plain = (text: string) => ({ text, entities: [] })

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`what waits for a time, ${name}`, { concurrency: false }, () => {
    const test = holding(open)

    test('messages are sent once, in their order, however many nodes send them', async (store) => {
      const { on, clock, ada, bob } = await createScene(store)
      for (let n = 0; n < MESSAGES; n++) {
        const writing = { peerId: bob.id, content: plain(`${n}`), randomId: BigInt(n + 1) }
        await scheduleText(on, ada.caller, writing, START_S + 60 + n)
      }
      clock.advance(60_000 + MESSAGES * 1000)
      await Promise.all(Array.from({ length: NODES }, () => sendDue(on)))
      const query = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }
      const { messages } = await historyOf(on, bob.caller, { ...query, peerId: ada.id })
      assert.deepEqual(
        messages.map(({ text }) => text),
        Array.from({ length: MESSAGES }, (_, n) => `${MESSAGES - 1 - n}`),
      )
      assert.deepEqual(await waitingIn(on, ada.caller, bob.id), [])
    })

    test('a poll is closed once, and told of once, however many nodes close it', async (store) => {
      const { on, clock, ada, bob } = await createScene(store)
      const poll = {
        question: plain('Tea?'),
        answers: [plain('yes'), plain('no')],
        isQuiz: false,
        isMultiple: false,
        hasPublicVoters: false,
        isRevotingDisabled: false,
        isShuffled: false,
        hidesResults: false,
        correct: [],
        closePeriodS: 10,
      }
      const writing = { peerId: bob.id, content: plain(''), randomId: 1n }
      await scheduleMedia(on, ada.caller, writing, {
        media: { kind: 'poll', poll },
        dateS: START_S + 60,
      })
      clock.advance(60_000)
      await sendDue(on)
      clock.advance(10_000)
      await Promise.all(Array.from({ length: NODES }, () => closeDuePolls(on)))
      const told = await store.look(() => sideEventsAfter(bob.id, 0, 100))
      assert.deepEqual(
        told.map(({ kind, seq }) => [kind, seq]),
        [['poll', 1]],
      )
    })
  })
}
