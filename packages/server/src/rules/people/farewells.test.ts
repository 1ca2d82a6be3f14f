import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { type Chats, createChats, type Person } from '../test-chats.ts'
import { updateProfile } from './profiles.ts'
import { removeAccount } from './remove-account.ts'

async function told({ store }: Chats, { userId }: Person): Promise<string[]> {
  const events = await store.look(() => sideEventsAfter(userId, 0, 100))
  return events.map(({ kind, subject }) => `${kind} ${subject}`)
}

test('members of common groups are told of new names, and that a deleted account has left', async () => {
  const world = await createChats()
  const phones = ['9996621001', '9996621002', '9996621003']
  const [ada, bob, carol] = await Promise.all(phones.map((phone) => world.person(phone)))
  assert.ok(ada && bob && carol)
  const group = await world.group([ada, bob])
  await updateProfile(world.rules, ada.caller, { firstName: 'Augusta' })
  assert.deepEqual(await told(world, bob), [`userName ${ada.userId}`])
  await removeAccount(world.rules, ada.userId)
  assert.deepEqual(await told(world, bob), [
    `userName ${ada.userId}`,
    `user ${ada.userId}`,
    `chatMembers ${group}`,
  ])
  assert.deepEqual(await told(world, carol), [])
})
