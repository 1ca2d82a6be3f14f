/**
 * Many calls at the same time about one group: the last place, the last use of a link, a removal among messages, texts of many,
 * one random id, reads, edits beside a deletion, votes. They run on each engine.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RpcError } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import { fullUpdates, GroupPeople, type GroupPerson, nextRandomId } from './group-people.ts'

const peerOf = (chatId: bigint) => ({ _: 'inputPeerChat', chatId }) as const

/** Calls again what a database that others keep busy has given up: nothing of it was done. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== -503) throw error
    }
  }
}

/** Counts each refusal; a success counts as `ok`. */
async function tally(calls: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const result of await Promise.allSettled(calls)) {
    if (result.status === 'rejected' && !(result.reason instanceof RpcError)) throw result.reason
    const key = result.status === 'fulfilled' ? 'ok' : `${result.reason.code} ${result.reason.message}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

type Nodes = readonly [CablegramServer, ...CablegramServer[]]

/**
 * Defines the tests.
 *
 * @param parallel the number of calls at once, an even one
 * @param start gives the nodes of a new server, with groups of at most eight and a test clock
 */
export function groupRaces(title: string, parallel: number, start: () => Promise<Nodes>): void {
  describe(title, () => {
    let servers: Nodes
    let people: GroupPeople
    let ada: GroupPerson
    let crowd: GroupPerson[]
    before(async () => {
      servers = await start()
      people = new GroupPeople(...servers)
      ada = await people.person('ada')
      crowd = []
      for (let index = 0; index < parallel; index++) crowd.push(await people.person('guest'))
    })
    after(async () => {
      await people.close()
      for (const server of servers) await server.close()
    })

    const linkOf = async (chatId: bigint, usageLimit: number): Promise<string> => {
      const invite = await ada.client.messages.exportChatInvite({
        peer: peerOf(chatId),
        ...(usageLimit > 0 && { usageLimit }),
      })
      assert.ok(invite._ === 'chatInviteExported')
      return invite.link.split('+').at(-1) ?? ''
    }
    const membersOf = async (chatId: bigint) => {
      const { fullChat } = await ada.client.messages.getFullChat({ chatId })
      assert.ok(fullChat._ === 'chatFull' && fullChat.participants._ === 'chatParticipants')
      return fullChat.participants
    }
    const [first, second] = [() => crowd[0] ?? ada, () => crowd[1] ?? ada]

    test(`${parallel} join by a link for three: three are in, and the link has three uses`, async () => {
      const chatId = await ada.makeGroup('Three', first())
      const hash = await linkOf(chatId, 3)
      const joins = crowd
        .slice(1)
        .map(({ client }) => patiently(() => client.messages.importChatInvite({ hash })))
      assert.deepEqual(await tally(joins), { ok: 3, '406 INVITE_HASH_EXPIRED': parallel - 4 })
      const { participants, version } = await membersOf(chatId)
      assert.deepEqual([participants.length, version], [5, 4])
      const { invite } = await ada.client.messages.getExportedChatInvite({ peer: peerOf(chatId), link: hash })
      assert.ok(invite._ === 'chatInviteExported' && invite.usage === 3)
    })

    test(`${parallel} join a group with six places left: it is full, and nobody is told of more`, async () => {
      const chatId = await ada.makeGroup('Eight', first())
      const hash = await linkOf(chatId, 0)
      const joins = crowd
        .slice(1)
        .map(({ client }) => patiently(() => client.messages.importChatInvite({ hash })))
      assert.deepEqual(await tally(joins), { ok: 6, '400 USERS_TOO_MUCH': parallel - 7 })
      assert.equal((await membersOf(chatId)).participants.length, 8)
      assert.equal((await ada.history(chatId)).length, 7)
    })

    test(`one person joins ${parallel} times at once: they are in once, with one message`, async () => {
      const chatId = await ada.makeGroup('Once', first())
      const hash = await linkOf(chatId, 0)
      const joins = Array.from({ length: parallel }, () =>
        patiently(() => second().client.messages.importChatInvite({ hash })),
      )
      assert.deepEqual(await tally(joins), { ok: 1, '400 USER_ALREADY_PARTICIPANT': parallel - 1 })
      assert.equal((await ada.history(chatId)).length, 2)
    })

    test('somebody is removed while they write: all boxes have the same texts, and none after the removal', async () => {
      const chatId = await ada.makeGroup('Removal', first(), second())
      const writes = Array.from({ length: parallel }, (_, index) =>
        patiently(() => second().write(chatId, `text ${index}`)),
      )
      const userId = await ada.user(second())
      await Promise.race(writes)
      const [counts] = await Promise.all([
        tally(writes),
        patiently(() => ada.client.messages.deleteChatUser({ chatId, userId })),
        ...Array.from({ length: 8 }, (_, index) => patiently(() => first().write(chatId, `other ${index}`))),
      ])
      const texts = (await ada.history(chatId)).map((each) => (each._ === 'message' ? each.message : each._))
      const seen = (await first().history(chatId)).map((each) =>
        each._ === 'message' ? each.message : each._,
      )
      assert.deepEqual(seen, texts)
      const removal = texts.lastIndexOf('messageService')
      assert.ok(texts.slice(removal).every((each) => !each.startsWith('text')))
      const own = (await second().history(chatId)).map((each) =>
        each._ === 'message' ? each.message : each._,
      )
      assert.deepEqual(own, texts.slice(0, removal + 1), 'the removal is the last thing that they see')
      const written = texts.filter((each) => each.startsWith('text')).length
      assert.deepEqual(counts, {
        ok: written,
        ...(written < parallel && { '403 CHAT_WRITE_FORBIDDEN': parallel - written }),
      })
    })

    test(`${parallel} renamings at once leave one title, and a message for each`, async () => {
      const chatId = await ada.makeGroup('Titles', first())
      const titles = Array.from({ length: parallel }, (_, index) => `Title ${index}`)
      const counts = await tally(
        titles.map((title) => patiently(() => ada.client.messages.editChatTitle({ chatId, title }))),
      )
      assert.deepEqual(counts, { ok: parallel })
      const last = (await first().history(chatId)).at(-1)
      assert.ok(last?._ === 'messageService' && last.action._ === 'messageActionChatEditTitle')
      const chat = await first().chat(chatId)
      assert.ok(chat._ === 'chat' && chat.title === last.action.title)
    })

    test(`${parallel} texts of eight members at once are in every box in the same order, and each is one event`, async () => {
      const members = crowd.slice(0, 7)
      const chatId = await ada.makeGroup('All', ...members)
      const everybody = [ada, ...members]
      const states = () => Promise.all(everybody.map(({ client }) => client.updates.getState({})))
      const before = await states()
      const writes = Array.from({ length: parallel }, (_, index) =>
        patiently(() => (everybody[index % everybody.length] ?? ada).write(chatId, `text ${index}`)),
      )
      assert.deepEqual(await tally(writes), { ok: parallel })
      const after = await states()
      for (const [index, { pts }] of after.entries()) assert.equal(pts - (before[index]?.pts ?? 0), parallel)
      const texts = await textsOf(ada, chatId)
      assert.equal(new Set(texts).size, parallel + 1)
      for (const member of members) assert.deepEqual(await textsOf(member, chatId), texts)
    })

    test(`one text sent ${parallel} times at once under one random id is one message, answered ${parallel} times`, async () => {
      const chatId = await ada.makeGroup('Repeats', first())
      const other = await people.again(ada)
      const randomId = nextRandomId()
      const peer = peerOf(chatId)
      const sends = Array.from({ length: parallel }, (_, index) =>
        patiently(() =>
          (index % 2 === 0 ? ada : other).client.messages.sendMessage({ peer, message: 'once', randomId }),
        ),
      )
      const answers = (await Promise.all(sends)).map(fullUpdates)
      const places = answers.map(({ updates: [sent, told] }) => {
        assert.ok(sent?._ === 'updateMessageID' && told?._ === 'updateNewMessage')
        return `${sent.id} ${told.pts} ${told.ptsCount}`
      })
      assert.equal(new Set(places).size, 1)
      assert.deepEqual((await textsOf(first(), chatId)).slice(1), ['once'])
      const elsewhere = { peer: { _: 'inputPeerSelf' }, message: 'once', randomId } as const
      await assert.rejects(ada.client.messages.sendMessage(elsewhere), {
        code: 500,
        message: 'RANDOM_ID_DUPLICATE',
      })
    })

    test(`${parallel} reads at once raise the marks once, and one answer counts`, async () => {
      const chatId = await ada.makeGroup('Reads', first())
      await ada.write(chatId, 'read me')
      const before = await ada.client.updates.getState({})
      const peer = peerOf(chatId)
      const reads = await Promise.all(
        Array.from({ length: parallel }, () =>
          patiently(() => first().client.messages.readHistory({ peer, maxId: 0 })),
        ),
      )
      assert.equal(
        reads.reduce((sum, { ptsCount }) => sum + ptsCount, 0),
        1,
      )
      const after = await ada.client.updates.getState({})
      assert.equal(after.pts - before.pts, 1, 'the author is told once')
    })

    test('63 edits and a deletion at once: no edit comes after the deletion, and nothing is left', async () => {
      const chatId = await ada.makeGroup('Edits', first())
      const before = await first().client.updates.getState({})
      const [sent] = fullUpdates(await ada.write(chatId, 'text')).updates
      assert.ok(sent?._ === 'updateMessageID')
      const { id } = sent
      const peer = peerOf(chatId)
      const edit = (index: number) =>
        patiently(() => ada.client.messages.editMessage({ peer, id, message: `edited ${index}` }))
      const edits = Array.from({ length: parallel / 2 }, (_, index) => edit(index))
      const deletion = patiently(() => ada.client.messages.deleteMessages({ id: [id], revoke: true }))
      edits.push(...Array.from({ length: parallel / 2 - 1 }, (_, index) => edit(parallel + index)))
      const counts = await tally(edits)
      await deletion
      const { ok = 0, '400 MESSAGE_ID_INVALID': refused = 0 } = counts
      assert.equal(ok + refused, parallel - 1, JSON.stringify(counts))
      assert.equal((await textsOf(first(), chatId)).length, 1)
      const after = await first().client.updates.getState({})
      assert.equal(
        after.pts - before.pts,
        1 + ok + 1,
        'the text, each edit that was answered, and the deletion',
      )
      const found = await first().client.updates.getDifference({ pts: after.pts - 1, date: 1, qts: 1 })
      assert.ok(found._ === 'updates.difference')
      assert.ok(found.otherUpdates.some((update) => update._ === 'updateDeleteMessages'))
    })

    test('63 votes at once, nine of each person, count once for each', async () => {
      const voters = crowd.slice(0, 7)
      const chatId = await ada.makeGroup('Votes', ...voters)
      const options = [0, 1].map((each) => Uint8Array.of(each))
      const text = (words: string) => ({ _: 'textWithEntities' as const, text: words, entities: [] })
      const [sent] = fullUpdates(
        await ada.client.messages.sendMedia({
          peer: peerOf(chatId),
          media: {
            _: 'inputMediaPoll',
            poll: {
              _: 'poll',
              id: 0n,
              hash: 0n,
              question: text('Which?'),
              answers: options.map((option) => ({
                _: 'pollAnswer' as const,
                text: text(`${option}`),
                option,
              })),
            },
          },
          message: '',
          randomId: nextRandomId(),
        }),
      ).updates
      assert.ok(sent?._ === 'updateMessageID')
      const ids = await Promise.all(
        voters.map(async (voter) => (await voter.history(chatId)).at(-1)?.id ?? 0),
      )
      const votes = voters.flatMap(({ client }, who) =>
        Array.from({ length: 9 }, async (_, index) => {
          const option = options[(who + index) % 2] ?? Uint8Array.of(0)
          await patiently(() =>
            client.messages.sendVote({ peer: peerOf(chatId), msgId: ids[who] ?? 0, options: [option] }),
          )
        }),
      )
      const counts = await tally(votes)
      assert.equal(counts['ok'], votes.length, JSON.stringify(counts))
      const { updates } = fullUpdates(
        await ada.client.messages.getPollResults({ peer: peerOf(chatId), msgId: sent.id, pollHash: 0n }),
      )
      const [update] = updates
      assert.ok(update?._ === 'updateMessagePoll')
      assert.equal(update.results.totalVoters, voters.length)
    })
  })
}

async function textsOf(who: GroupPerson, chatId: bigint): Promise<string[]> {
  return (await who.history(chatId)).map((each) => (each._ === 'message' ? each.message : each._))
}
