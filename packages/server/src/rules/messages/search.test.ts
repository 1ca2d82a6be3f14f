import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setReactions } from '../chats/reactions.ts'
import { readContents, readMentions } from '../chats/read-contents.ts'
import { sendMedia } from '../chats/send-media.ts'
import { setTyping } from '../chats/set-typing.ts'
import { createChats } from '../test-chats.ts'
import { ANY_MESSAGE, type Choice } from './decide-search.ts'
import { stateOf } from './difference.ts'
import { messagesOf } from './messages.ts'
import { type SearchPage, searchMessages } from './search-messages.ts'

const WHOLE: SearchPage = { offsetId: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }

/** Ada and Bob, who have talked, in private and in a group. */
async function createScene() {
  const chats = await createChats()
  const [ada, bob] = [await chats.person('9996621231'), await chats.person('9996621232')]
  const group = await chats.group([ada, bob])
  await chats.say(ada, bob.userId, 'Bread and milk')
  await chats.say(bob, ada.userId, 'milk, and ÉCLAIRS')
  await chats.say(ada, group, 'the milkman was here')
  const entities = [{ kind: 'textUrl', offset: 0, length: 4, url: 'https://example.org/' }] as const
  await chats.say(bob, group, 'look at this', { entities })
  const find = async (words: string, choice: Partial<Choice> = {}, page: Partial<SearchPage> = {}) => {
    const search = { words, choice: { ...ANY_MESSAGE, ...choice }, page: { ...WHOLE, ...page } }
    const { messages, count, skipped } = await searchMessages(chats.rules, ada.caller, search)
    return { ids: messages.map(({ id }) => id), count, skipped }
  }
  return { ...chats, ada, bob, group, find }
}

test('words are found at the beginning of words, in any case, and all have to be there', async () => {
  const { find, bob } = await createScene()
  assert.deepEqual(await find('milk'), { ids: [3, 2, 1], count: 3, skipped: 0 })
  assert.deepEqual((await find('MILK bread')).ids, [1])
  assert.deepEqual((await find('écl')).ids, [2])
  assert.deepEqual((await find('man')).ids, [])
  assert.deepEqual((await find('milk', { peerId: bob.userId })).ids, [2, 1])
})

test('a search chooses by sender, kind, peers and dates', async () => {
  const { find, ada, bob, group } = await createScene()
  assert.deepEqual((await find('', { fromId: bob.userId })).ids, [4, 2])
  assert.deepEqual((await find('', { kind: 'link' })).ids, [4])
  assert.deepEqual((await find('', { kind: 'photo' })).ids, [])
  assert.deepEqual((await find('', { peers: 'groups' })).ids, [4, 3])
  assert.deepEqual((await find('', { peers: 'people' })).ids, [2, 1])
  assert.deepEqual((await find('', { folderId: 1 })).ids, [])
  assert.deepEqual((await find('', { folderId: 0, peerId: group })).ids, [4, 3])
  assert.deepEqual((await find('', { minDateS: 2_000_000_000 })).ids, [])
  assert.deepEqual((await find('milk', { fromId: ada.userId, peerId: bob.userId })).ids, [1])
})

test('what was found is cut into pages as a history is', async () => {
  const { find } = await createScene()
  for (const words of ['', 'milk']) {
    const all = (await find(words)).ids
    assert.deepEqual(await find(words, {}, { limit: 0 }), { ids: [], count: all.length, skipped: 0 }, words)
    assert.deepEqual((await find(words, {}, { limit: 1 })).ids, all.slice(0, 1))
    const behind = await find(words, {}, { offsetId: all[0] ?? 0, limit: 1 })
    assert.deepEqual(behind, { ids: all.slice(1, 2), count: all.length, skipped: 1 })
    assert.deepEqual(
      (await find(words, {}, { offsetId: all[1] ?? 0, addOffset: -1, limit: 2 })).ids,
      all.slice(1, 3),
    )
    assert.deepEqual(
      (await find(words, {}, { offsetId: all[0] ?? 0, addOffset: 1, limit: 9 })).ids,
      all.slice(2),
    )
    assert.deepEqual((await find(words, {}, { maxId: all[0] ?? 0 })).ids, all.slice(1))
    assert.deepEqual((await find(words, {}, { minId: all.at(-1) ?? 0 })).ids, all.slice(0, -1))
  }
})

test('messages are found with their reactions, and polls with their answers, as anywhere else', async () => {
  const { rules, ada, bob, group } = await createScene()
  await setReactions(rules, bob.caller, { peerId: group, id: 3, reactions: ['👍'] })
  const plain = (text: string) => ({ text, entities: [] })
  const poll = {
    ...{
      question: plain('Milk?'),
      answers: ['YQ==', 'Yg=='].map((option) => ({ ...plain(option), option })),
    },
    ...{ isQuiz: false, isMultiple: false, hasPublicVoters: false, isRevotingDisabled: false },
    ...{ isShuffled: false, hidesResults: false, correct: [] },
  }
  const writing = { peerId: group, content: plain(''), randomId: 900n }
  await sendMedia(rules, ada.caller, writing, { kind: 'poll', poll })
  for (const [words, kind] of [
    ['milkman', undefined],
    ['', 'poll'],
    ['', undefined],
  ] as const) {
    const search = { words, choice: { ...ANY_MESSAGE, peerId: group, kind }, page: WHOLE }
    const { messages } = await searchMessages(rules, ada.caller, search)
    const ids = messages.map(({ id }) => id)
    assert.deepEqual(messages, await messagesOf(rules, ada.caller, ids), words)
    const [{ media } = { media: undefined }] = kind === 'poll' ? messages : []
    if (kind === 'poll') assert.ok(media?.kind === 'poll' && media.poll !== undefined)
    if (words !== '') assert.equal(messages[0]?.reactions?.counts[0]?.reaction, '👍')
  }
})

test('mentions are counted until they are seen, one by one or all at once', async () => {
  const { rules, ada, bob, group, say, find, events } = await createScene()
  for (let n = 0; n < 3; n++) await say(bob, group, 'an answer', { replyTo: { id: 3 } })
  const unseen = { peerId: group, isMentioned: true, isUnseen: true }
  assert.deepEqual((await find('', unseen)).ids, [7, 6, 5])
  const { pts } = await stateOf(rules, ada.caller)
  assert.deepEqual(await readContents(rules, ada.caller, [5, 4, 99]), { pts: pts + 1, ptsCount: 1 })
  assert.deepEqual(await readContents(rules, ada.caller, [5]), { pts: pts + 1, ptsCount: 0 })
  assert.deepEqual((await find('', unseen)).ids, [7, 6])
  assert.deepEqual(await readMentions(rules, ada.caller, group), { pts: pts + 3, ptsCount: 2, left: 0 })
  assert.deepEqual((await find('', unseen)).ids, [])
  assert.deepEqual((await find('', { peerId: group, isMentioned: true })).ids, [7, 6, 5])
  const told = (await events(ada, pts)).map((event) => event.kind === 'readContents' && event.ids)
  assert.deepEqual(told, [[5, 6, 7]])
})

test('what somebody does is told to the others in the chat, and kept nowhere', async () => {
  const { rules, ada, bob, group, hear } = await createScene()
  const heard = hear('typing')
  await setTyping(rules, ada.caller, { peerId: bob.userId, action: 'typing' })
  await setTyping(rules, ada.caller, { peerId: group, action: 'uploadPhoto', progress: 30 })
  await setTyping(rules, ada.caller, { peerId: ada.userId, action: 'typing' })
  const [boxId, fromId] = [String(bob.userId), String(ada.userId)]
  assert.deepEqual(heard, [
    { kind: 'typing', boxId, peerId: fromId, fromId, action: 'typing' },
    { kind: 'typing', boxId, peerId: String(group), fromId, action: 'uploadPhoto', progress: 30 },
  ])
  await assert.rejects(setTyping(rules, ada.caller, { peerId: 777000n, action: 'typing' }), {
    message: 'PEER_ID_INVALID',
  })
})
