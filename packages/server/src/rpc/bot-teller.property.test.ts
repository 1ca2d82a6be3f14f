// Long form: four times the seeds, or thirty times.
/** People who block, vote, react, join and leave, and a bot that is told of it: over pushes that are lost, and when it comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '@cablegram/mtproto/testing'
import { decode, type Update, type updates } from '@cablegram/tl/api'
import { effort } from '../../../../test/effort.ts'
import { HANDLERS } from '../api/index.ts'
import { contextOf } from '../api/test-context.ts'
import { startBot } from '../rules/bots/start-bot.ts'
import { setReactions } from '../rules/chats/reactions.ts'
import { sendMedia } from '../rules/chats/send-media.ts'
import { vote } from '../rules/chats/votes.ts'
import { addToGroup, createGroup, editAdmin, removeFromGroup } from '../rules/groups/groups.ts'
import { exportInvite } from '../rules/groups/invites.ts'
import { importInvite } from '../rules/groups/joins.ts'
import { findQts } from '../rules/messages/decide-bot-log.ts'
import { block } from '../rules/people/blocks.ts'
import { type Chats, createChats, type Person } from '../rules/test-chats.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { PushGate } from './push-gate.ts'
import { Subscribers } from './subscribers.ts'

const SEEDS: number = effort(2, 8, 60)
const OPERATIONS = 40
const NUMBERS = ['9996621001', '9996621002', '9996621003'] as const

const getDifference = HANDLERS['updates.getDifference'] ?? assert.fail('not built')

type BotUpdate = Extract<Update, { readonly qts: number }>

/** Updates as text. A link is told as it is at the moment: its uses grow. */
const asText = (all: readonly BotUpdate[]): string[] =>
  all.map((update) =>
    JSON.stringify({ ...update, invite: undefined }, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  )
const isBotUpdate = (update: Update): update is BotUpdate => 'qts' in update

/** A group that the bot leads, a poll of the bot's, and people who have started the bot. */
async function createScene(seed: number) {
  const rng = new Rng(seed)
  const world = await createChats({ settings: { differencePts: 'own' } })
  const { rules } = world
  const people = await Promise.all(NUMBERS.map((phone) => world.person(phone)))
  const bot = await world.bot('helper_bot')
  const [ada = assert.fail(), bob = assert.fail(), cid = assert.fail()] = people
  for (const [at, { caller }] of people.entries()) {
    const start = { botId: bot.userId, peerId: bot.userId, param: 'a', randomId: BigInt(at + 1) }
    await startBot(rules, caller, start)
  }
  const { chatId } = await createGroup(rules, ada.caller, {
    title: 'Club',
    userIds: [bot.userId, bob.userId],
  })
  await editAdmin(rules, ada.caller, chatId, bot.userId, true)
  const answers = [1, 2].map((each) => ({ text: String(each), entities: [], option: String(each) }))
  const poll = {
    question: { text: '?', entities: [] },
    answers: answers.map(({ text, entities }, at) => ({
      text,
      entities,
      option: Buffer.of(at).toString('base64'),
    })),
    isQuiz: false,
    isMultiple: false,
    hasPublicVoters: true,
    isRevotingDisabled: false,
    isShuffled: false,
    hidesResults: false,
    correct: [],
  }
  const asked = { peerId: -chatId, content: { text: '', entities: [] }, randomId: 1n }
  await sendMedia(rules, bot.caller, asked, { kind: 'poll', poll })
  const acts = actsIn(rng, world, { people: [bob, cid], creator: ada, bot, chatId })
  return { rng, world, bot, acts }
}

interface Cast {
  readonly people: readonly [Person, ...Person[]]
  readonly creator: Person
  readonly bot: Person
  readonly chatId: bigint
}

type Way = () => Promise<unknown>

/** Acts that people do at random. Many are refused: somebody who is no member cannot leave. */
function actsIn(rng: Rng, world: Chats, { people, creator, bot, chatId }: Cast): () => Promise<void> {
  const { rules } = world
  const last = async (of: Person): Promise<number> =>
    (await world.history(of, -chatId)).find(({ action }) => action === undefined)?.id ?? 0
  const one = () => rng.pick(people)
  const ways: readonly [Way, ...Way[]] = [
    () => block(rules, one().caller, bot.userId, rng.chance(0.5)),
    () => removeFromGroup(rules, creator.caller, chatId, one().userId, false),
    async () => {
      const { caller, userId } = one()
      await removeFromGroup(rules, caller, chatId, userId, false)
    },
    () => addToGroup(rules, creator.caller, chatId, one().userId, 0),
    async () => {
      const needsRequest = rng.chance(0.5)
      const options = { title: '', expiresAtS: 0, usageLimit: 0, needsRequest }
      const { hash } = await exportInvite(rules, creator.caller, chatId, options, false)
      await importInvite(rules, one().caller, hash)
    },
    async () => {
      const who = one()
      const reactions = rng.pick([['👍'], ['❤️'], []])
      await setReactions(rules, who.caller, { peerId: -chatId, id: await last(who), reactions })
    },
    async () => {
      const who = one()
      const options = rng.pick([[0], [1], []]).map((at) => Buffer.of(at).toString('base64'))
      await vote(rules, who.caller, { peerId: -chatId, messageId: await last(who) }, options)
    },
  ]
  return async () => {
    await rng
      .pick([...ways])()
      .catch(() => {})
  }
}

/** Sessions of the bot that hear pushes; `loses`: those of the second are lost now and then. */
function listen(world: Chats, bot: Person, rng: Rng) {
  const heard = new Map<bigint, BotUpdate[]>([
    [1n, []],
    [2n, []],
  ])
  const gate = new PushGate({
    faults: { hasPushFaults: false, takePush: async () => undefined },
    delays: { wait: async () => {} },
  })
  const subscribers = new Subscribers(world.rules, new LayerCodecs(), { gate })
  const { authKeyId } = bot.caller
  for (const sessionId of heard.keys()) {
    subscribers.note({ authKeyId, session: { authKeyId, sessionId }, layer: 228, userId: bot.userId })
  }
  const outlet = {
    nowS: () => 1_800_000_000,
    push: ({ sessionId }: { sessionId: bigint }, body: Uint8Array) => {
      const told = decode('Updates', body)
      if (told._ !== 'updates') return
      if (sessionId === 2n && rng.chance(0.3)) return
      heard.get(sessionId)?.push(...told.updates.filter(isBotUpdate))
    },
  }
  const work: Promise<void>[] = []
  world.bus.subscribe((nudge) => work.push(subscribers.hear(nudge, outlet)))
  return { heard, settled: () => Promise.all(work) }
}

/** All that a bot has missed, in slices of this size. */
async function missedSince(world: Chats, bot: Person, qts: number, qtsLimit: number): Promise<BotUpdate[]> {
  const context = contextOf(world, bot.caller)
  const missed: BotUpdate[] = []
  for (let since = qts; ; ) {
    const request = { pts: 1_000_000, date: 1, qts: since, qtsLimit } as const
    const pts = (await stateOf(world, bot)).pts
    const found = await getDifference({ _: 'updates.getDifference', ...request, pts }, context)
    if (found._ === 'updates.differenceEmpty') return missed
    assert.ok(found._ === 'updates.difference' || found._ === 'updates.differenceSlice')
    const part = found.otherUpdates.filter(isBotUpdate)
    missed.push(...part)
    const { qts: next } = found._ === 'updates.difference' ? found.state : found.intermediateState
    assert.equal(next, part.at(-1)?.qts ?? since)
    since = next
    if (found._ === 'updates.difference') return missed
  }
}

async function stateOf(world: Chats, bot: Person): Promise<updates.state> {
  const getState = HANDLERS['updates.getState'] ?? assert.fail('not built')
  return await getState({ _: 'updates.getState' }, contextOf(world, bot.caller))
}

test('a bot is told of each event once, in order, and a difference from any qts is what it was told', async () => {
  const kinds = new Set<string>()
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { rng, world, bot, acts } = await createScene(seed)
    const from = await world.store.look(() => findQts(bot.userId))
    const { heard, settled } = listen(world, bot, rng)
    for (let count = 0; count < OPERATIONS; count++) await acts()
    await settled()
    const live = heard.get(1n) ?? []
    const { qts } = await stateOf(world, bot)
    for (const { _: kind } of live) kinds.add(kind)
    assert.deepEqual(
      live.map((update) => update.qts),
      Array.from({ length: qts - from }, (_, at) => from + 1 + at),
      `seed ${seed}`,
    )
    const all = await missedSince(world, bot, 1, 100)
    assert.deepEqual(
      all.map((update) => update.qts),
      Array.from({ length: qts - 1 }, (_, at) => at + 2),
    )
    const since = rng.between(from, qts)
    const missed = await missedSince(world, bot, since, rng.between(1, 5))
    assert.deepEqual(
      asText(missed),
      asText(live.filter((update) => update.qts > since)),
      `seed ${seed} since ${since}`,
    )
    // A session that has lost some knows all once it asks from the last before the first gap.
    const lossy = heard.get(2n) ?? []
    const gap = lossy.findIndex((update, at) => update.qts !== from + 1 + at)
    const known = gap < 0 ? lossy : lossy.slice(0, gap)
    const rest = await missedSince(world, bot, known.at(-1)?.qts ?? from, 3)
    assert.deepEqual(asText([...known, ...rest]), asText(live))
  }
  assert.deepEqual([...kinds].sort(), [
    'updateBotChatInviteRequester',
    'updateBotMessageReaction',
    'updateBotStopped',
    'updateChatParticipant',
    'updateMessagePollVote',
  ])
})
