/** 64 calls at the same time about one group: the last place, the last use of a link, a removal among messages. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RpcError } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { GroupPeople, type GroupPerson } from './group-people.ts'

const PARALLEL = 64
const peerOf = (chatId: bigint) => ({ _: 'inputPeerChat', chatId }) as const

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

describe('races in groups', () => {
  let server: CablegramServer
  let people: GroupPeople
  let ada: GroupPerson
  let crowd: GroupPerson[]
  before(async () => {
    server = await startServer({ store: 'memory', testClock: true, settings: { chatSizeMax: 8 } })
    people = new GroupPeople(server)
    ada = await people.person('ada')
    crowd = []
    for (let index = 0; index < PARALLEL; index++) crowd.push(await people.person('guest'))
  })
  after(async () => {
    await people.close()
    await server.close()
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

  test('64 join by a link for three: three are in, and the link has three uses', async () => {
    const chatId = await ada.makeGroup('Three', first())
    const hash = await linkOf(chatId, 3)
    const joins = crowd.slice(1).map(({ client }) => client.messages.importChatInvite({ hash }))
    assert.deepEqual(await tally(joins), { ok: 3, '406 INVITE_HASH_EXPIRED': PARALLEL - 4 })
    const { participants, version } = await membersOf(chatId)
    assert.deepEqual([participants.length, version], [5, 4])
    const { invite } = await ada.client.messages.getExportedChatInvite({ peer: peerOf(chatId), link: hash })
    assert.ok(invite._ === 'chatInviteExported' && invite.usage === 3)
  })

  test('64 join a group with six places left: it is full, and nobody is told of more', async () => {
    const chatId = await ada.makeGroup('Eight', first())
    const hash = await linkOf(chatId, 0)
    const joins = crowd.slice(1).map(({ client }) => client.messages.importChatInvite({ hash }))
    assert.deepEqual(await tally(joins), { ok: 6, '400 USERS_TOO_MUCH': PARALLEL - 7 })
    assert.equal((await membersOf(chatId)).participants.length, 8)
    assert.equal((await ada.history(chatId)).length, 7)
  })

  test('one person joins 64 times at once: they are in once, with one message', async () => {
    const chatId = await ada.makeGroup('Once', first())
    const hash = await linkOf(chatId, 0)
    const joins = Array.from({ length: PARALLEL }, () => second().client.messages.importChatInvite({ hash }))
    assert.deepEqual(await tally(joins), { ok: 1, '400 USER_ALREADY_PARTICIPANT': PARALLEL - 1 })
    assert.equal((await ada.history(chatId)).length, 2)
  })

  test('somebody is removed while they write: all boxes have the same texts, and none after the removal', async () => {
    const chatId = await ada.makeGroup('Removal', first(), second())
    const writes = Array.from({ length: PARALLEL }, (_, index) => second().write(chatId, `text ${index}`))
    const userId = await ada.user(second())
    await Promise.race(writes)
    const [counts] = await Promise.all([
      tally(writes),
      ada.client.messages.deleteChatUser({ chatId, userId }),
      ...Array.from({ length: 8 }, (_, index) => first().write(chatId, `other ${index}`)),
    ])
    const texts = (await ada.history(chatId)).map((each) => (each._ === 'message' ? each.message : each._))
    const seen = (await first().history(chatId)).map((each) => (each._ === 'message' ? each.message : each._))
    assert.deepEqual(seen, texts)
    const removal = texts.lastIndexOf('messageService')
    assert.ok(texts.slice(removal).every((each) => !each.startsWith('text')))
    const own = (await second().history(chatId)).map((each) => (each._ === 'message' ? each.message : each._))
    assert.deepEqual(own, texts.slice(0, removal + 1), 'the removal is the last thing that they see')
    const written = texts.filter((each) => each.startsWith('text')).length
    assert.deepEqual(counts, {
      ok: written,
      ...(written < PARALLEL && { '403 CHAT_WRITE_FORBIDDEN': PARALLEL - written }),
    })
  })

  test('64 renamings at once leave one title, and a message for each', async () => {
    const chatId = await ada.makeGroup('Titles', first())
    const titles = Array.from({ length: PARALLEL }, (_, index) => `Title ${index}`)
    const counts = await tally(titles.map((title) => ada.client.messages.editChatTitle({ chatId, title })))
    assert.deepEqual(counts, { ok: PARALLEL })
    const last = (await first().history(chatId)).at(-1)
    assert.ok(last?._ === 'messageService' && last.action._ === 'messageActionChatEditTitle')
    const chat = await first().chat(chatId)
    assert.ok(chat._ === 'chat' && chat.title === last.action.title)
  })
})
