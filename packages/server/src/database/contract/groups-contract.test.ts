/** The contract of the Store port for basic groups: 64 at once, on every engine. */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { createSettings } from '../../ground/settings.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import { write } from '../../rules/chats/decide-write.ts'
import type { GroupGround } from '../../rules/groups/decide-changes.ts'
import { createGroup } from '../../rules/groups/decide-create.ts'
import { changeTitle } from '../../rules/groups/decide-details.ts'
import { findMembers } from '../../rules/groups/decide-group.ts'
import { findInvite, makeInvite } from '../../rules/groups/decide-invites.ts'
import { answerRequest, findWaiting, importersOf, joinByLink } from '../../rules/groups/decide-joins.ts'
import { addMember, removeMember } from '../../rules/groups/decide-members.ts'
import { boxState } from '../../rules/messages/decide-box-log.ts'
import { listHistory } from '../../rules/messages/decide-history.ts'
import { isRefused } from '../../rules/refusal.ts'
import type { Store } from '../store.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const PARALLEL = 64
const PAGE = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 1000, maxId: 0, minId: 0 }
const PLAIN = { title: '', expiresAtS: 0, usageLimit: 0, needsRequest: false, replacesPermanent: false }

/** The number of service messages: each has a random id of its own. */
let notes = 0n

/** People of a store, and a group of the first two. */
class Club {
  readonly store: Store
  readonly ids: readonly bigint[]
  readonly chatId: bigint
  readonly #settings = createSettings(undefined, { chatSizeMax: 8 })

  private constructor(store: Store, ids: readonly bigint[], chatId: bigint) {
    this.store = store
    this.ids = ids
    this.chatId = chatId
  }

  static async make(store: Store, count = PARALLEL + 2): Promise<Club> {
    const ids: bigint[] = []
    for (let index = 0; index < count; index++) {
      const user = {
        accessHash: 7n,
        phone: `99966${100_000 + index}`,
        firstName: 'Ada',
        lastName: '',
        createdAtS: 1,
      }
      const made = await store.decide(() => createUser(user))
      ids.push(made?.id ?? assert.fail('the number is taken'))
    }
    const [first = 0n, second = 0n] = ids
    const alone = new Club(store, ids, 0n)
    const group = { title: 'Club', userIds: [second], hash: 'permanent_of_the_first' }
    const made = await store.decide(() => createGroup(alone.as(first), group))
    assert.ok(!isRefused(made))
    return new Club(store, ids, made.chatId)
  }

  as(userId: bigint): GroupGround {
    notes += 1n
    const { secret } = this.store
    const actor = { userId, authKeyId: userId }
    return { secret, settings: this.#settings, nowS: 100, actor, noteId: 1_000_000n + notes }
  }

  id(index: number): bigint {
    return this.ids[index] ?? assert.fail('there are fewer people')
  }

  async link(options: Partial<typeof PLAIN> = {}): Promise<string> {
    const hash = 'a_link_of_the_first'
    const asked = { ...PLAIN, ...options, hash }
    const made = await this.store.decide(() => makeInvite(this.as(this.id(0)), this.chatId, asked))
    assert.ok(!isRefused(made))
    return hash
  }

  /** Everybody but the first two joins at once. @returns the number of each outcome */
  async joinAll(hash: string): Promise<Record<string, number>> {
    const strangers = this.ids.slice(2)
    const outcomes = await Promise.all(
      strangers.map((id) => this.store.decide(() => joinByLink(this.as(id), hash))),
    )
    return tally(outcomes)
  }

  async members(): Promise<readonly bigint[]> {
    const list = await this.store.look(() => findMembers(this.chatId))
    return list?.members.map(({ userId }) => userId) ?? []
  }

  /** The texts that somebody sees in the group, oldest first. */
  async seenBy(userId: bigint): Promise<string[]> {
    const { secret } = this.store
    const { messages } = await this.store.look(() =>
      listHistory(secret, userId, { ...PAGE, peerId: -this.chatId }),
    )
    return messages.toReversed().map(({ text, action }) => action?.kind ?? text)
  }

  async send(userId: bigint, index: number) {
    const ground = this.as(userId)
    const content = { text: `text ${index}`, entities: [] }
    const writing = { peerId: -this.chatId, content, randomId: BigInt(index + 1) }
    return await this.store.decide(() => write(ground, writing, undefined))
  }
}

function tally(outcomes: readonly object[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) {
    const key = isRefused(outcome) ? outcome.name : 'done'
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = holding(open)

    holds('a link for three lets three of 64 in, and a group of eight holds eight', async (store) => {
      const club = await Club.make(store)
      const hash = await club.link({ usageLimit: 3 })
      assert.deepEqual(await club.joinAll(hash), { done: 3, INVITE_HASH_EXPIRED: PARALLEL - 3 })
      assert.equal((await store.look(() => findInvite(hash)))?.uses, 3)
      const permanent = 'permanent_of_the_first'
      const counts = await club.joinAll(permanent)
      assert.deepEqual(counts, { USER_ALREADY_PARTICIPANT: 3, done: 3, USERS_TOO_MUCH: PARALLEL - 6 })
      const members = await club.members()
      assert.equal(members.length, 8)
      assert.equal((await club.seenBy(club.id(0))).length, 7)
    })

    holds('64 requests wait, each once, and are found by a part of a name', async (store) => {
      const club = await Club.make(store)
      const hash = await club.link({ needsRequest: true })
      await club.joinAll(hash)
      await club.joinAll(hash)
      assert.equal((await store.look(() => findWaiting(-club.chatId))).count, PARALLEL)
      const query = { isWaiting: true, hash: '', offsetS: 0, offsetUserId: 0n, limit: 10 }
      const find = (named: string) =>
        store.decide(() => importersOf(club.as(club.id(0)), club.chatId, { ...query, named }))
      const [some, none] = [await find('ad'), await find('a_a')]
      assert.ok(!isRefused(some) && !isRefused(none))
      assert.deepEqual([some.count, some.importers.length, none.count], [PARALLEL, 10, 0])
      const answers = await Promise.all(
        club.ids
          .slice(2)
          .map((id) => store.decide(() => answerRequest(club.as(club.id(0)), club.chatId, id, true))),
      )
      assert.deepEqual(tally(answers), { done: 6, USERS_TOO_MUCH: PARALLEL - 6 })
    })

    holds(
      'somebody who is removed while 64 write sees nothing after that, and all others see the same',
      async (store) => {
        const club = await Club.make(store, 4)
        const [first, second, third] = [club.id(0), club.id(1), club.id(2)]
        await store.decide(() => addMember(club.as(first), club.chatId, third, 0))
        const writes = Array.from({ length: PARALLEL }, (_, index) =>
          club.send(index % 2 === 0 ? second : third, index),
        )
        const removal = store.decide(() => removeMember(club.as(first), club.chatId, third, false))
        const outcomes = await Promise.all(writes)
        assert.ok(!isRefused(await removal))
        const seen = await club.seenBy(first)
        assert.deepEqual(await club.seenBy(second), seen)
        const end = seen.indexOf('chatDeleteUser')
        assert.deepEqual(await club.seenBy(third), seen.slice(1, end + 1))
        const { done = 0 } = tally(outcomes)
        assert.equal(seen.filter((each) => each.startsWith('text')).length, done)
        assert.ok(done >= PARALLEL / 2)
      },
    )

    holds('64 renamings leave as many messages, in every box, under rising numbers', async (store) => {
      const club = await Club.make(store, 3)
      const names = Array.from({ length: PARALLEL }, (_, index) => `Title ${index}`)
      const changes = names.map((title) =>
        store.decide(() => changeTitle(club.as(club.id(0)), club.chatId, title)),
      )
      assert.deepEqual(tally(await Promise.all(changes)), { done: PARALLEL })
      for (const index of [0, 1]) {
        assert.equal((await store.look(() => boxState(club.id(index)))).pts, PARALLEL + 2)
        assert.equal((await club.seenBy(club.id(index))).length, PARALLEL + 1)
      }
    })

    holds('a new member gets the last texts once, under the next ids of their box', async (store) => {
      const club = await Club.make(store, 3)
      const [first, , third] = [club.id(0), club.id(1), club.id(2)]
      for (let index = 0; index < 5; index++) await club.send(first, index)
      await store.decide(() => addMember(club.as(first), club.chatId, third, 3))
      assert.deepEqual(await club.seenBy(third), ['text 2', 'text 3', 'text 4', 'chatAddUser'])
      assert.equal((await store.look(() => boxState(third))).pts, 5)
      await store.decide(() => removeMember(club.as(first), club.chatId, third, false))
      await store.decide(() => addMember(club.as(first), club.chatId, third, 4))
      const again = ['text 2', 'text 3', 'text 4', 'chatAddUser', 'chatDeleteUser', 'text 1', 'chatAddUser']
      assert.deepEqual(await club.seenBy(third), again.with(5, 'text 0').toSpliced(6, 0, 'text 1'))
    })
  })
}
