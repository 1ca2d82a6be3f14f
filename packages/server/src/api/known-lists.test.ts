import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markRead } from '../rules/messages/messages.ts'
import { updateProfile } from '../rules/people/profiles.ts'
import { createChats, type Person } from '../rules/test-chats.ts'
import { HANDLERS } from './index.ts'
import { listHash } from './list-hash.ts'
import { contextOf } from './test-context.ts'

const [ADA, BOB] = ['9996621001', '9996621002']

async function scene() {
  const world = await createChats()
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  await world.say(bob, ada.userId, 'hello')
  const { id } = await world.say(ada, bob.userId, 'hello')
  const getDialogs = HANDLERS['messages.getDialogs'] ?? assert.fail('not built')
  const ask = async ({ caller }: Person, hash: bigint, limit = 10) => {
    const page = { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' }, limit, hash } as const
    const answer = await getDialogs({ _: 'messages.getDialogs', ...page }, contextOf(world, caller))
    if (answer._ === 'messages.dialogsNotModified') assert.equal(answer.count, 1)
    return answer._
  }
  return { ...world, ada, bob, id, ask }
}

const [WHOLE, SAME] = ['messages.dialogs', 'messages.dialogsNotModified']

test('whoever has the list is told that nothing has changed, until anything that it shows has', async () => {
  const { rules, ada, bob, id, ask, say } = await scene()
  const hash = listHash([id])
  assert.equal(await ask(ada, hash), WHOLE, 'nobody knows yet what the client has')
  assert.equal(await ask(ada, hash), SAME)
  assert.equal(await ask(ada, hash, 20), WHOLE, 'another page')
  await markRead(rules, bob.caller, ada.userId, 0)
  assert.equal(await ask(ada, hash), WHOLE, 'Bob has read the message, which is still the newest')
  assert.equal(await ask(ada, hash), SAME)
  await updateProfile(rules, bob.caller, { firstName: 'Robert' })
  assert.equal(await ask(ada, hash), WHOLE, 'Bob has another name')
  assert.equal(await ask(ada, hash), SAME)
  assert.equal(await ask(ada, 0n), WHOLE)
  assert.equal(await ask(ada, hash + 1n), WHOLE)
  const later = await say(ada, bob.userId, 'more')
  assert.equal(await ask(ada, hash), WHOLE)
  assert.equal(await ask(ada, hash), WHOLE)
  assert.equal(await ask(ada, listHash([later.id])), SAME)
})

test('another login is given the list, whatever its hash', async () => {
  const world = await scene()
  const { ada, id, ask } = world
  const hash = listHash([id])
  for (const expected of [WHOLE, SAME]) assert.equal(await ask(ada, hash), expected)
  const other = await world.caller()
  await world.signIn(other, ADA)
  assert.equal(await ask({ ...ada, caller: await world.again(other) }, hash), WHOLE)
})
