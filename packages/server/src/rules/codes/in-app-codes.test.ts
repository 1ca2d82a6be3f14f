import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Courier } from '../../courier/port.ts'
import { createMemoryFiles } from '../../files/memory.ts'
import type { Caller } from '../../ground/caller.ts'
import { createSettings } from '../../ground/settings.ts'
import { sendLoginCode } from '../logins/send-code.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { stateOf } from '../messages/difference.ts'
import { historyOf } from '../messages/messages.ts'
import type { Message } from '../messages/words.ts'
import { createRules } from '../rules.ts'
import { createWorld, seededRandom, type WorldOptions } from '../test-world.ts'
import { revokeLeakedCodes } from './leaked-codes.ts'
import { resendLoginCode } from './resend-code.ts'

const PHONE = '9996621234'
const SERVICE = 777000n
const WHOLE = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }

/** A signed-in account, and a stranger who wants to sign in. */
async function createScene(options: WorldOptions = {}) {
  const world = await createWorld(options)
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const owner = await world.again(first)
  const told = world.hearEvents()
  return {
    ...world,
    owner,
    stranger: await world.caller(),
    told,
    async chat(): Promise<readonly Message[]> {
      return (await historyOf(world.rules, owner, { ...WHOLE, peerId: SERVICE })).messages
    },
    signInWith: (caller: Caller, phoneCodeHash: string, phoneCode: string) =>
      signInWithCode(world.rules, caller, { phoneNumber: PHONE, phoneCodeHash, phoneCode }),
  }
}

test('a code for a signed-in account arrives as a message and signs in', async () => {
  const { stranger, sendCode, chat, told, signInWith, inbox, rules, owner } = await createScene()
  const sent = await sendCode(stranger, PHONE)
  assert.equal(sent.way.channel, 'app')
  const [message, ...others] = await chat()
  assert.deepEqual(others, [])
  assert.ok(message)
  assert.deepEqual([message.fromId, message.isOut], [SERVICE, false])
  const [entity] = message.entities
  const bold = message.text.slice(entity?.offset, (entity?.offset ?? 0) + (entity?.length ?? 0))
  assert.deepEqual(
    told.map(({ event }) => event),
    [{ kind: 'newMessage', message, pts: 2, ptsCount: 1 }],
  )
  const [entry] = await inbox.list(PHONE)
  assert.deepEqual([entry?.channel, entry?.code, entry?.text], ['app', bold, message.text])
  assert.equal((await signInWith(stranger, sent.phoneCodeHash, bold)).kind, 'authorized')
  const [warning] = await chat()
  assert.match(warning?.text ?? '', /^New login/)
  await signInWith(stranger, sent.phoneCodeHash, bold)
  assert.deepEqual(await stateOf(rules, owner), { pts: 3, unreadCount: 2 }, 'once for each login')
})

test('a code sent by another channel or requested again adds no message', async () => {
  const { stranger, caller, sendCode, chat, clock, rules } = await createScene()
  const { phoneCodeHash } = await sendCode(stranger, PHONE)
  await sendCode(stranger, PHONE)
  clock.advance(60_000)
  await resendLoginCode(rules, stranger, { phoneNumber: PHONE, phoneCodeHash })
  await sendCode(await caller({ channels: new Set(['sms']) }), PHONE)
  assert.equal((await chat()).length, 1)
})

test('the message is stored and told with the code even if the process dies, and delivered once afterwards', async () => {
  const deliveries: string[] = []
  const stuck: Courier = {
    send: ({ id }) => {
      deliveries.push(id)
      return new Promise(() => {})
    },
  }
  const { inbox, ...scene } = await createScene()
  const dying = createWorldOver(scene, stuck)
  await assert.rejects(sendLoginCode(dying.rules, scene.stranger, dying.request), {
    message: 'No workers running',
  })
  assert.equal(deliveries.length, 1)
  assert.equal((await scene.chat()).length, 1)
  await scene.rules.recover(true)
  await scene.rules.recover(true)
  assert.equal((await scene.chat()).length, 1)
  assert.deepEqual(
    scene.told.map(({ event }) => event.kind === 'newMessage' && event.pts),
    [2],
  )
  assert.equal((await inbox.list(PHONE))[0]?.id, deliveries[0])
})

/** Other rules over the same store, with their own courier. */
function createWorldOver(
  {
    store,
    clock,
    bus,
    app,
  }: Pick<Awaited<ReturnType<typeof createScene>>, 'store' | 'clock' | 'bus' | 'app'>,
  courier: Courier,
) {
  const settings = createSettings('box', { courierTimeoutMs: 1 })
  const random = seededRandom('dying')
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  const rules = createRules({ store, files, clock, bus, courier, settings, random })
  const { apiId, apiHash } = app
  return { rules, request: { phoneNumber: PHONE, apiId, apiHash, allowed: {}, logoutTokens: [] } }
}

test('a code reported by its owner is dead at once for everybody', async () => {
  const scene = await createScene()
  const { stranger, owner, sendCode, signInWith, chat, rules, inbox, clock } = scene
  const other = await scene.caller({ channels: new Set(['sms']) })
  const hashes = [await sendCode(stranger, PHONE), await sendCode(other, PHONE)]
  await revokeLeakedCodes(rules, owner, ['11111', ' 2 22-22'])
  for (const [index, caller] of [stranger, other].entries()) {
    const hash = hashes[index]?.phoneCodeHash ?? ''
    await assert.rejects(signInWith(caller, hash, '22222'), { message: 'PHONE_CODE_EXPIRED' })
    await assert.rejects(resendLoginCode(rules, caller, { phoneNumber: PHONE, phoneCodeHash: hash }), {
      message: 'PHONE_CODE_EXPIRED',
    })
  }
  assert.deepEqual(
    (await inbox.list(PHONE)).slice(0, 2).map(({ state }) => state),
    ['cancelled', 'cancelled'],
  )
  const [notice] = await chat()
  assert.match(notice?.text ?? '', /called off/)
  assert.equal((await chat()).length, 2)
  clock.advance(60_000)
  const { phoneCodeHash } = await sendCode(stranger, PHONE)
  assert.equal(
    (await signInWith(stranger, phoneCodeHash, '22222')).kind,
    'authorized',
    'a later code is valid',
  )
})

test('unknown, foreign and spent codes cannot be reported', async () => {
  const { stranger, owner, sendCode, signInWith, chat, rules, caller } = await createScene()
  const neighbour = await caller()
  const { phoneCodeHash } = await sendCode(neighbour, '9996621235')
  await revokeLeakedCodes(rules, owner, ['22222', ''])
  assert.deepEqual(await chat(), [])
  const held = { phoneNumber: '9996621235', phoneCodeHash, phoneCode: '22222' }
  assert.equal((await signInWithCode(rules, neighbour, held)).kind, 'signUpRequired')
  const sent = await sendCode(stranger, PHONE)
  await revokeLeakedCodes(rules, owner, ['12345'])
  assert.equal((await signInWith(stranger, sent.phoneCodeHash, '22222')).kind, 'authorized')
  await revokeLeakedCodes(rules, owner, ['22222'])
  assert.equal((await chat()).length, 2, 'a code and a login')
  await assert.rejects(revokeLeakedCodes(rules, owner, Array(101).fill('1')), {
    message: 'LIMIT_INVALID',
  })
  const nobody = await caller()
  await assert.rejects(revokeLeakedCodes(rules, nobody, ['1']), { message: 'AUTH_KEY_UNREGISTERED' })
})
