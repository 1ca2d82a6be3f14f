import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BANNED } from '../groups/words.ts'
import { createChats } from '../test-chats.ts'
import { forwardMessages } from './forward-messages.ts'
import { sendMedia } from './send-media.ts'

const [ADA, BOB] = ['9996621001', '9996621002']
const PLAIN = { dropsAuthor: false, isSilent: false, isProtected: false }
const TEA = {
  kind: 'poll',
  poll: {
    question: { text: 'Tea?', entities: [] },
    answers: ['yes', 'no'].map((text, index) => ({ text, entities: [], option: Uint8Array.of(index) })),
  },
} as const

async function scene(rights: number) {
  const world = await createChats()
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  return { ...world, ada, bob, group: await world.group([bob, ada], rights) }
}

test('forwarded messages reply to what was asked for', async () => {
  const { rules, ada, bob, say, history } = await scene(0)
  const target = await say(bob, ada.userId, 'what did you say?')
  const note = await say(ada, ada.userId, 'this')
  const [own] = await history(ada, bob.userId)
  await forwardMessages(rules, ada.caller, {
    ...{ fromPeerId: ada.userId, toPeerId: bob.userId, ids: [note.id], randomIds: [91n] },
    ...{ ...PLAIN, replyTo: { id: own?.id ?? 0 } },
  })
  const [copy] = await history(bob, ada.userId)
  assert.deepEqual([copy?.text, copy?.replyToId], ['this', target.id])
})

test('a poll goes into no group that forbids polls, forwarded or not; nothing of the call is written', async () => {
  const { rules, ada, group, say, history } = await scene(BANNED.sendPolls)
  const writing = { peerId: ada.userId, content: { text: '', entities: [] }, randomId: 92n }
  const poll = await sendMedia(rules, ada.caller, writing, TEA as never)
  const text = await say(ada, ada.userId, 'a text')
  const forward = (ids: number[]) =>
    forwardMessages(rules, ada.caller, {
      ...{ fromPeerId: ada.userId, toPeerId: group, ids, randomIds: ids.map((id) => BigInt(id) + 100n) },
      ...PLAIN,
    })
  const asked = forward([text.id, poll.event.message.id])
  await assert.rejects(asked, { code: 403, message: 'CHAT_SEND_POLL_FORBIDDEN' })
  assert.deepEqual(await history(ada, group), [])
  await forward([text.id])
})

test('a contact that is sent has the id of the account with the number, if that lets itself be found', async () => {
  const { rules, ada, bob } = await scene(0)
  const send = async (phone: string, randomId: bigint) => {
    const writing = { peerId: bob.userId, content: { text: '', entities: [] }, randomId }
    const given = { kind: 'contact', phone, firstName: 'Bob', lastName: '', vcard: '', userId: 0n } as const
    const { media } = (await sendMedia(rules, ada.caller, writing, given)).event.message
    return media?.kind === 'contact' ? media.userId : undefined
  }
  assert.equal(await send(`+${BOB}`, 93n), bob.userId)
  assert.equal(await send('+9996629999', 94n), 0n)
})
