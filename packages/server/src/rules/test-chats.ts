import { long } from '../database/columns.ts'
import { sql } from '../database/decision.ts'
import type { Store } from '../database/store.ts'
import type { Caller } from '../ground/caller.ts'
import type { ReplyTo } from './chats/decide-write.ts'
import { sendText } from './chats/send-message.ts'
import { createBot, signInBot } from './logins/bots.ts'
import { eventsAfter } from './messages/decide-box-log.ts'
import { mergeEvents } from './messages/event-rows.ts'
import { historyOf } from './messages/messages.ts'
import type { BoxEvent, Message, PeerId, TextEntity } from './messages/words.ts'
import { createWorld, signedIn, type World, type WorldOptions } from './test-world.ts'

const insertChat = sql`
  INSERT INTO chats (creator_id, title, created_at_s, default_rights) VALUES (:creatorId, 'A group', 1, :rights)
  RETURNING chat_id`
const insertMember = sql`
  INSERT INTO chat_members (chat_id, user_id, role, inviter_id, joined_at_s)
  VALUES (:chatId, :userId, :role, :userId, 1)`
const changeRole = sql`UPDATE chat_members SET role = :role WHERE chat_id = :chatId AND user_id = :userId`
const insertBlock = sql`INSERT INTO blocks (user_id, peer_id, at_s) VALUES (:userId, :peerId, 1)`

/** Somebody who is signed in. */
export interface Person {
  readonly caller: Caller
  readonly userId: bigint
}

/** A world with people in it, and what they do. */
export interface Chats extends World {
  person(phone: string): Promise<Person>
  /** A bot that is signed in. */
  bot(username: string): Promise<Person>
  /** A group with a creator and members. @returns its peer id */
  group(people: readonly [Person, ...Person[]], rights?: number): Promise<PeerId>
  say(from: Person, peerId: PeerId, text: string, more?: Saying): Promise<Message>
  history(of: Person, peerId: PeerId): Promise<readonly Message[]>
  /** The events of somebody's box after this pts. */
  events(of: Person, pts: number): Promise<readonly BoxEvent[]>
}

/** The parts of a message besides its text. */
export interface Saying {
  readonly entities?: readonly TextEntity[]
  readonly randomId?: bigint
  readonly replyTo?: ReplyTo
}

/** A world for tests of chats. */
export async function createChats(options: WorldOptions = {}): Promise<Chats> {
  const world = await createWorld(options)
  const { rules, store } = world
  let count = 0n
  return {
    ...world,
    async person(phone) {
      const { caller, id: userId } = await signedIn(world, phone)
      return { caller, userId }
    },
    async bot(username) {
      const { token, bot } = await createBot(rules, { username })
      const first = await world.caller()
      const { apiId, apiHash } = world.app
      await signInBot(rules, first, { apiId, apiHash, token })
      return { caller: await world.again(first), userId: bot.id }
    },
    async group([creator, ...members], rights = 0) {
      return await store.decide(function* () {
        const row = yield* insertChat.row({ creatorId: creator.userId, rights })
        const chatId = long(row ?? {}, 'chat_id')
        yield* insertMember.send({ chatId, userId: creator.userId, role: 'creator' })
        for (const { userId } of members) yield* insertMember.send({ chatId, userId, role: 'member' })
        return -chatId
      })
    },
    async say(from, peerId, text, more = {}) {
      count += 1n
      const { entities = [], randomId = count, replyTo } = more
      const writing = { peerId, content: { text, entities }, randomId, replyTo }
      return (await sendText(rules, from.caller, writing)).event.message
    },
    async history({ caller }, peerId) {
      const whole = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }
      return (await historyOf(rules, caller, { peerId, ...whole })).messages
    },
    async events({ userId }, pts) {
      const slice = await store.look(() => eventsAfter(store.secret, userId, pts, 1000))
      if (slice.kind === 'trimmed') throw new Error('the log no longer has them')
      return mergeEvents(slice.events)
    },
  }
}

/** Gives a member of a group another part, or takes them out: `left`. */
export async function setRole(store: Store, peerId: PeerId, { userId }: Person, role: string): Promise<void> {
  await store.decide(() => changeRole.send({ chatId: -peerId, userId, role }))
}

/** Has somebody block somebody else. */
export async function block(store: Store, { userId }: Person, other: Person): Promise<void> {
  await store.decide(() => insertBlock.send({ userId, peerId: other.userId }))
}
