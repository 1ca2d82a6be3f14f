import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signInWithCode } from '../logins/sign-in.ts'
import { stateOf } from '../messages/difference.ts'
import { dialogsOf } from '../messages/messages.ts'
import type { TextEntity } from '../messages/words.ts'
import { createWorld, type WorldOptions } from '../test-world.ts'
import { sendText } from './send-message.ts'

const PHONE = '9996621234'
const EXPIRED = { message: 'PHONE_CODE_EXPIRED' }

/** A signed-in account with the updates of its sessions, and a stranger who asks for codes. */
async function createScene(options: WorldOptions = {}) {
  const world = await createWorld(options)
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const owner = await world.again(first)
  const userId = owner.state.at === 'authorized' ? owner.state.userId : assert.fail()
  const told = world.hearEvents()
  let count = 0n
  const send = async (text: string, more: { entities?: readonly TextEntity[]; randomId?: bigint } = {}) => {
    count += 1n
    const { entities = [], randomId = count } = more
    const writing = { peerId: userId, content: { text, entities }, randomId }
    const { event, others } = await sendText(world.rules, owner, writing)
    const [notice] = others
    return { event, notice: notice?.kind === 'newMessage' ? notice : undefined }
  }
  /** Asks for a code, lets the owner write this text, and resolves to the result of typing the code. */
  const typeAfter = async (text: string, phone = PHONE) => {
    const stranger = await world.caller()
    const { phoneCodeHash } = await world.sendCode(stranger, phone)
    const written = await send(text)
    const phoneCode = '22222'
    const signIn = () =>
      signInWithCode(world.rules, stranger, { phoneNumber: phone, phoneCodeHash, phoneCode })
    return { written, signIn }
  }
  return { ...world, owner, userId, told, send, typeAfter }
}

test('a text to oneself is kept once per random id, and the other sessions are told', async () => {
  const { send, told, userId, owner, rules } = await createScene()
  const entities = [{ kind: 'italic', offset: 0, length: 5 }] as const
  const sent = await send('a text', { entities, randomId: 7n })
  const { message, pts } = sent.event
  assert.deepEqual([message.peerId, message.fromId, message.isOut], [userId, userId, true])
  assert.deepEqual([message.text, message.entities, pts], ['a text', entities, 2])
  assert.deepEqual(told, [{ boxId: userId, event: { ...sent.event, causedBy: owner.authKeyId } }])
  assert.deepEqual(await send('another text', { randomId: 7n }), sent)
  assert.equal(told.length, 1)
  assert.deepEqual(await stateOf(rules, owner), { pts: 2, unreadCount: 0 })
  const { dialogs } = await dialogsOf(rules, owner, {
    folderId: undefined,
    excludesPinned: false,
    offset: { dateS: 0, id: 0, peerId: undefined },
    limit: 9,
  })
  assert.deepEqual(
    dialogs.map(({ peerId, topMessage }) => [peerId, topMessage]),
    [[userId, message]],
  )
})

test('an invalid text is refused, and its length is counted in characters', async () => {
  const { send, owner, rules, caller, userId } = await createScene()
  await assert.rejects(send('a', { randomId: 0n }), { message: 'RANDOM_ID_EMPTY' })
  for (const text of ['', ' \n\t']) await assert.rejects(send(text), { message: 'MESSAGE_EMPTY' })
  assert.equal((await send('😀'.repeat(4096))).event.pts, 2)
  for (const text of ['a'.repeat(4097), '😀'.repeat(4097)])
    await assert.rejects(send(text), { message: 'MESSAGE_TOO_LONG' })
  for (const [offset, length] of [
    [-1, 1],
    [0, 0],
    [0, 3],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ] as const) {
    const entities = [{ kind: 'bold', offset, length }] as const
    await assert.rejects(send('ab', { entities }), { message: 'ENTITY_BOUNDS_INVALID' })
  }
  assert.equal((await stateOf(rules, owner)).pts, 2)
  const nobody = await caller()
  const writing = { peerId: userId, content: { text: 'a', entities: [] }, randomId: 1n }
  await assert.rejects(sendText(rules, nobody, writing), { message: 'AUTH_KEY_UNREGISTERED' })
})

test('a login code that its owner writes down is cancelled, and the owner is told', async () => {
  const { typeAfter, told, owner, inbox } = await createScene()
  for (const text of ['22222', 'the code is 22-222.', '2 2 2 2 2']) {
    told.splice(0)
    const { written, signIn } = await typeAfter(text)
    const { event, notice } = written
    assert.match(notice?.message.text ?? '', /called off/)
    assert.equal(notice?.pts, event.pts + 1)
    // The first notice was about the code itself.
    assert.deepEqual(
      told.slice(1).map((each) => each.event),
      [event, notice].map((each) => ({ ...each, causedBy: owner.authKeyId })),
    )
    await assert.rejects(signIn(), EXPIRED)
    assert.equal((await inbox.list(PHONE))[0]?.state, 'cancelled')
  }
})

test("other numbers and other people's codes cancel nothing", async () => {
  const { typeAfter } = await createScene()
  for (const text of ['12345', '222222', 'call 022222', 'two two two two two']) {
    const { written, signIn } = await typeAfter(text)
    assert.equal(written.notice, undefined, text)
    assert.equal((await signIn()).kind, 'authorized', text)
  }
  const { written, signIn } = await typeAfter('22222', '9996621235')
  assert.equal(written.notice, undefined)
  assert.equal((await signIn()).kind, 'signUpRequired')
})

test('a repeated message does not cancel a newer code', async () => {
  const { send, caller, sendCode, rules } = await createScene()
  await send('22222', { randomId: 7n })
  const stranger = await caller()
  const { phoneCodeHash } = await sendCode(stranger, PHONE)
  assert.equal((await send('22222', { randomId: 7n })).notice, undefined)
  const held = { phoneNumber: PHONE, phoneCodeHash, phoneCode: '22222' }
  assert.equal((await signInWithCode(rules, stranger, held)).kind, 'authorized')
})

test('a code word is cancelled only if it is the whole message', async () => {
  const { caller, sendCode, send, inbox } = await createScene({ settings: { channels: ['smsWord'] } })
  await sendCode(await caller({ channels: new Set(['smsWord']) }), PHONE)
  const word = (await inbox.list(PHONE))[0]?.code ?? ''
  assert.equal((await send(`a ${word} in a sentence`)).notice, undefined)
  assert.ok((await send(` ${word.toUpperCase()}\n`)).notice)
  assert.equal((await inbox.list(PHONE))[0]?.state, 'cancelled')
})
