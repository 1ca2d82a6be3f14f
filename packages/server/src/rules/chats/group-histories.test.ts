import assert from 'node:assert/strict'
import { test } from 'node:test'
import { protectGroup } from '../groups/groups.ts'
import { createChats, type Person } from '../test-chats.ts'
import { deleteHistory } from './delete-messages.ts'
import { forwardMessages } from './forward-messages.ts'

const [ADA, BOB] = ['9996621001', '9996621002']

async function scene() {
  const world = await createChats()
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  const group = await world.group([ada, bob])
  await world.say(ada, group, 'from Ada')
  await world.say(bob, group, 'from Bob')
  const texts = async (who: Person) => (await world.history(who, group)).map(({ text }) => text)
  return { ...world, ada, bob, group, texts }
}

const WHOLE = { maxId: 0, minDateS: 0, maxDateS: 0, isForAll: true, staysListed: false }

test('whoever leads a group takes its history from all, and a member from themselves', async () => {
  const { rules, ada, bob, group, texts } = await scene()
  const ofBob = await deleteHistory(rules, bob.caller, { ...WHOLE, peerId: group })
  assert.deepEqual([ofBob.left, ofBob.ptsCount], [0, 2])
  assert.deepEqual(await texts(bob), [])
  assert.deepEqual(await texts(ada), ['from Bob', 'from Ada'])
  const again = await scene()
  const ofAda = await deleteHistory(again.rules, again.ada.caller, { ...WHOLE, peerId: again.group })
  assert.deepEqual([ofAda.left, ofAda.ptsCount], [0, 2])
  assert.deepEqual(await again.texts(again.ada), [])
  assert.deepEqual(await again.texts(again.bob), [])
})

test('nobody forwards from a group that forbids it', async () => {
  const { rules, ada, bob, group, history } = await scene()
  const [newest] = await history(bob, group)
  const forward = () =>
    forwardMessages(rules, bob.caller, {
      ...{ fromPeerId: group, toPeerId: bob.userId, ids: [newest?.id ?? 0], randomIds: [77n] },
      ...{ dropsAuthor: false, isSilent: false, isProtected: false },
    })
  await protectGroup(rules, ada.caller, -group, true)
  await assert.rejects(forward(), { code: 406, message: 'CHAT_FORWARDS_RESTRICTED' })
  await protectGroup(rules, ada.caller, -group, false)
  assert.equal((await forward()).events.length, 1)
})
