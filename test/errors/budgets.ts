import type { TelegramClient } from '@cablegram/client'
import type { TextWithEntities } from '@cablegram/tl/api'
import type { ActLimit } from '../../packages/server/src/ground/settings.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const SELF = { _: 'inputPeerSelf' } as const
const DICE = { _: 'inputMediaDice', emoticon: '🎲' } as const

/** Ada, and people whom she knows by their names; one act of each kind is allowed. */
async function limited(world: World, limit: ActLimit) {
  const server = await world.start({ settings: { actLimits: [limit] } })
  const client = await world.user(server)
  const people = ['bob_of_budgets', 'cid_of_budgets'].map(async (username, index) => {
    await server.users.create({ phone: `+999662777${index}`, firstName: 'Bob', username })
    const { users } = await client.contacts.resolveUsername({ username })
    const [user] = users
    if (user?._ !== 'user') throw new Error('nobody has this name')
    return { userId: user.id, accessHash: user.accessHash ?? 0n }
  })
  const [bob, cid] = await Promise.all(people)
  if (bob === undefined || cid === undefined) throw new Error('nobody is there')
  return { client, bob, cid }
}

type Scene = Awaited<ReturnType<typeof limited>>
type Act = (scene: Scene, nth: number) => Promise<unknown>

/** An act that is refused the second time. @param max how often it may be done */
const twice = (method: string, error: string, act: ActLimit['act'], run: Act, max = 1): Cause =>
  cause(method, error, async (world) => {
    const refusal = error === '400 PEER_FLOOD' ? { refusal: 'PEER_FLOOD' as const } : {}
    const scene = await limited(world, { act, max, windowS: 60, ...refusal })
    await run(scene, 0)
    await run(scene, 1)
  })

const randomId = (nth: number): bigint => BigInt(nth + 1)
const other = ({ bob, cid }: Scene, nth: number) => ({
  ...(nth === 0 ? bob : cid),
  _: 'inputPeerUser' as const,
})

const text = (client: TelegramClient, peer: typeof SELF | ReturnType<typeof other>, nth: number) =>
  client.messages.sendMessage({ peer, message: 'a', randomId: randomId(nth) })
const dice = (client: TelegramClient, peer: typeof SELF | ReturnType<typeof other>, nth: number) =>
  client.messages.sendMedia({ peer, media: DICE, message: '', randomId: randomId(nth) })
const copy = (client: TelegramClient, toPeer: typeof SELF | ReturnType<typeof other>, nth: number) =>
  client.messages.forwardMessages({ fromPeer: SELF, id: [1], randomId: [randomId(nth + 2)], toPeer })

const plain = (said: string): TextWithEntities => ({ _: 'textWithEntities', text: said, entities: [] })
const answers = ['yes', 'no'].map((said) => ({ _: 'inputPollAnswer' as const, text: plain(said) }))
const poll = { _: 'poll', id: 0n, hash: 0n, question: plain('Tea?'), answers, openAnswers: true } as const
const askAll = ({ client }: Scene) =>
  client.messages.sendMedia({
    ...{ peer: SELF, media: { _: 'inputMediaPoll', poll }, message: '', randomId: 1n },
  })
const answer = ({ client }: Scene) =>
  client.messages.addPollAnswer({
    peer: SELF,
    msgId: 1,
    answer: { _: 'inputPollAnswer', text: plain('later') },
  })

const FLOOD = '420 FLOOD_WAIT_X'

/** Causes of errors about budgets of what accounts do. */
export const BUDGET_CAUSES: readonly Cause[] = [
  twice('messages.sendMessage', FLOOD, 'message', ({ client }, nth) => text(client, SELF, nth)),
  twice('messages.sendMedia', FLOOD, 'message', ({ client }, nth) => dice(client, SELF, nth)),
  twice('messages.forwardMessages', FLOOD, 'message', ({ client }, nth) =>
    nth === 0 ? text(client, SELF, nth) : copy(client, SELF, nth),
  ),
  twice('messages.updatePinnedMessage', FLOOD, 'message', (scene, nth) => {
    const peer = other(scene, 0)
    return nth === 0
      ? text(scene.client, peer, nth)
      : scene.client.messages.updatePinnedMessage({ peer, id: 1 })
  }),
  twice('messages.addPollAnswer', FLOOD, 'message', (scene, nth) =>
    nth === 0 ? askAll(scene) : answer(scene),
  ),
  twice(
    'messages.deletePollAnswer',
    FLOOD,
    'message',
    async (scene, nth) => {
      if (nth > 0)
        return await scene.client.messages.deletePollAnswer({
          peer: SELF,
          msgId: 1,
          option: Uint8Array.of(2),
        })
      await askAll(scene)
      return await answer(scene)
    },
    2,
  ),
  cause('bots.allowSendMessage', FLOOD, async (world) => {
    const server = await world.start({ settings: { actLimits: [{ act: 'message', max: 1, windowS: 60 }] } })
    const client = await world.user(server)
    await server.bots.create({ username: 'budget_bot' })
    const { users } = await client.contacts.resolveUsername({ username: 'budget_bot' })
    const [bot] = users
    if (bot?._ !== 'user') throw new Error('there is no bot')
    await text(client, SELF, 0)
    await client.bots.allowSendMessage({
      bot: { _: 'inputUser', userId: bot.id, accessHash: bot.accessHash ?? 0n },
    })
  }),
  twice('messages.sendMessage', '400 PEER_FLOOD', 'stranger', (scene, nth) =>
    text(scene.client, other(scene, nth), nth),
  ),
  twice('messages.sendMedia', '400 PEER_FLOOD', 'stranger', (scene, nth) =>
    dice(scene.client, other(scene, nth), nth),
  ),
  twice('messages.forwardMessages', '400 PEER_FLOOD', 'stranger', async (scene, nth) => {
    if (nth === 0) await text(scene.client, SELF, nth)
    await copy(scene.client, other(scene, nth), nth)
  }),
  twice('messages.createChat', FLOOD, 'newGroup', ({ client, bob }) =>
    client.messages.createChat({ users: [{ ...bob, _: 'inputUser' }], title: 'A' }),
  ),
  twice('contacts.importContacts', FLOOD, 'importContacts', ({ client }) =>
    client.contacts.importContacts({ contacts: [] }),
  ),
  twice('contacts.resolvePhone', FLOOD, 'resolvePhone', ({ client }) =>
    client.contacts.resolvePhone({ phone: '+9996627770' }),
  ),
  twice('contacts.search', FLOOD, 'searchPeople', ({ client }) =>
    client.contacts.search({ q: 'bob', limit: 10 }),
  ),
]
