import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addToGroup, createGroup, removeFromGroup } from '../groups/groups.ts'
import { createBot } from '../logins/bots.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { metUsers } from './peers.ts'

test('a bot knows by a group those who are in it with the bot, and nobody who left before, or came after the bot left', async () => {
  const world = await createWorld()
  const { rules } = world
  const [ada, bob, cid] = [
    await signedIn(world, '9996622001'),
    await signedIn(world, '9996622002'),
    await signedIn(world, '9996622003'),
  ]
  const { bot } = await createBot(rules, { username: 'meeting_bot', ownerPhone: undefined })
  const met = () => metUsers(rules, bot.id, [ada.id, bob.id, cid.id])
  const { chatId } = await createGroup(rules, ada.caller, { title: 'Chess', userIds: [bob.id] })
  await removeFromGroup(rules, bob.caller, chatId, bob.id, false)
  await addToGroup(rules, ada.caller, chatId, bot.id, 0)
  assert.deepEqual(await met(), new Set([ada.id]))
  await removeFromGroup(rules, ada.caller, chatId, bot.id, false)
  await addToGroup(rules, ada.caller, chatId, cid.id, 0)
  assert.deepEqual(await met(), new Set())
})
