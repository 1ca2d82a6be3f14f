import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBus } from '../../bus/bus.ts'
import { sendText } from '../chats/send-message.ts'
import { sideEventsSince } from '../messages/decide-side-log.ts'
import { createRules } from '../rules.ts'
import { type Chats, createChats, type Person, setRole } from '../test-chats.ts'
import { answerQuery, openPress, pressButton } from './press-button.ts'
import { startBot } from './start-bot.ts'

const DATA = Uint8Array.of(7)
const ANSWER = { message: 'Done', isAlert: false, url: undefined, cacheS: 0 } as const

const BUTTON = { kind: 'callback', text: 'Press', data: 'Bw==', needsPassword: false } as const
const CONTENT = { text: 'Choose', entities: [], markup: { kind: 'inline', rows: [[BUTTON]] } } as const

/** Ada has a bot's message with a button; the query of each press is written down. */
async function createScene() {
  const world = await createChats()
  const [ada, bot] = [await world.person('9996621001'), await world.bot('helper_bot')]
  await startBot(world.rules, ada.caller, { botId: bot.userId, peerId: bot.userId, param: 'a', randomId: 1n })
  await sendText(world.rules, bot.caller, { peerId: ada.userId, content: CONTENT, randomId: 2n })
  const [message] = await world.history(ada, bot.userId)
  const press = { peerId: bot.userId, messageId: message?.id ?? 0, data: DATA }
  return { ...world, ada, bot, press }
}

/** The query of the only press that waits for a bot. */
async function queryOf(
  { store, rules }: Pick<Chats, 'store' | 'rules'>,
  { userId }: Person,
): Promise<bigint> {
  for (;;) {
    const [event] = await store.look(() => sideEventsSince(userId, 0, 10))
    if (event?.kind === 'buttonPressed' && (await openPress(rules, userId, event.subject)))
      return event.subject
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a bot on another node answers: its nudge, or any that says that some may be lost', async () => {
  const scene = await createScene()
  const { rules, ada, bot, press } = scene
  // The other node shares the store, whose nudges this bus does not carry.
  const other = createRules({ ...rules, bus: createBus() })
  const waiting = pressButton(other, ada.caller, press)
  await answerQuery(rules, bot.caller, await queryOf(scene, bot), ANSWER)
  let isOver = false
  void waiting.then(() => {
    isOver = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isOver, false, 'it has heard of nothing')
  other.bus.publish([{ kind: 'anything' }])
  assert.deepEqual(await waiting, { message: 'Done', isAlert: false, cacheS: 0 })
  assert.equal(other.pressWaits.size, 0)
  const second = pressButton(rules, ada.caller, press)
  await answerQuery(rules, bot.caller, await queryOf(scene, bot), ANSWER)
  assert.deepEqual(await second, { message: 'Done', isAlert: false, cacheS: 0 })
})

test('a press is over at its time, by the timer or by the clock, and leaves nothing behind', async () => {
  const scene = await createScene()
  const { rules, ada, bot, press, clock } = scene
  const timers: (() => void)[] = []
  const timed = createRules({
    ...rules,
    startTimer: (run, ms) => {
      assert.equal(ms, 10_000)
      timers.push(run)
      return () => {}
    },
  })
  const waiting = pressButton(timed, ada.caller, press)
  const queryId = await queryOf(scene, bot)
  for (const run of timers) run()
  await assert.rejects(waiting, { message: 'BOT_RESPONSE_TIMEOUT' })
  assert.equal(timed.pressWaits.size, 0)
  const second = pressButton(timed, ada.caller, press)
  while (timed.pressWaits.size === 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(10_000)
  timed.pressWaits.wakeAll()
  await assert.rejects(second, { message: 'BOT_RESPONSE_TIMEOUT' })
  await assert.rejects(answerQuery(rules, bot.caller, queryId, ANSWER), { message: 'QUERY_ID_INVALID' })
})

test('presses that wait are over when the node closes, and none begins', async () => {
  const { rules, store, ada, bot, press } = await createScene()
  const waiting = pressButton(rules, ada.caller, press)
  while (rules.pressWaits.size === 0) await new Promise((resolve) => setImmediate(resolve))
  rules.pressWaits.close()
  await assert.rejects(waiting, { message: 'BOT_RESPONSE_TIMEOUT' })
  await assert.rejects(pressButton(rules, ada.caller, press), { message: 'BOT_RESPONSE_TIMEOUT' })
  assert.equal(rules.pressWaits.size, 0)
  assert.deepEqual(
    await store.look(() => sideEventsSince(bot.userId, 0, 10)),
    [],
    'the bot is told of nothing',
  )
})

test('one person waits for twenty presses at once, and another is not kept by that', async () => {
  const { rules, ada, press, clock } = await createScene()
  const waiting = Array.from({ length: 21 }, () => pressButton(rules, ada.caller, press))
  await assert.rejects(waiting[20] ?? assert.fail(), { message: 'BOT_RESPONSE_TIMEOUT' })
  assert.equal(rules.pressWaits.size, 20)
  const all = Promise.allSettled(waiting)
  clock.advance(10_000)
  rules.pressWaits.wakeAll()
  assert.deepEqual(new Set((await all).map(({ status }) => status)), new Set(['rejected']))
  assert.equal(rules.pressWaits.size, 0)
})

test('nobody presses a button in a group that they have left, or that its bot has left', async () => {
  const { rules, store, ada, bot, group, history } = await createScene()
  const peerId = await group([ada, bot])
  await sendText(rules, bot.caller, { peerId, content: CONTENT, randomId: 3n })
  const [message] = await history(ada, peerId)
  const press = { peerId, messageId: message?.id ?? 0, data: DATA }
  for (const gone of [ada, bot]) {
    await setRole(store, peerId, gone, 'left')
    await assert.rejects(pressButton(rules, ada.caller, press), { message: 'MESSAGE_ID_INVALID' })
    await setRole(store, peerId, gone, 'member')
  }
  assert.deepEqual(await store.look(() => sideEventsSince(bot.userId, 0, 10)), [])
})
