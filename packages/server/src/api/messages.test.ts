import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MethodName } from '@cablegram/tl/api'
import { LAYERS, type LayerCodec, loadLayer } from '@cablegram/tl/layers'
import { requireUserId } from '../rules/accounts/keys.ts'
import { createWorld } from '../rules/test-world.ts'
import { boxUpdates, HANDLERS, type Handler, type RequestOf } from './index.ts'
import { contextOf } from './test-context.ts'

const PHONE = '9996621234'
const SERVICE_PEER = { _: 'inputPeerUser', userId: 777000n, accessHash: 1n } as const

/**
 * A signed-in account with two codes in its service chat, and the context to call handlers as that account.
 */
async function createScene() {
  const world = await createWorld()
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const heard = world.hearEvents()
  for (const caller of [await world.caller(), await world.caller()]) await world.sendCode(caller, PHONE)
  const caller = await world.again(first)
  const context = contextOf(world, caller)
  return { ...world, heard, context }
}

test('every layer can carry the chat, the chat list, differences and pushed updates', async () => {
  const { context, heard } = await createScene()
  const codecs = await Promise.all(LAYERS.map((layer) => loadLayer(layer)))
  const answers: string[] = []
  async function ask<M extends MethodName>(method: M, request: Omit<RequestOf<M>, '_'>): Promise<void> {
    const handler: Handler<M> | undefined = HANDLERS[method]
    assert.ok(handler, method)
    const answer = await handler({ _: method, ...request } as unknown as RequestOf<M>, context)
    answers.push(typeof answer === 'object' && '_' in answer ? answer._ : method)
    const isSaid = ({ layer, encodeResult }: LayerCodec) =>
      assert.ok(encodeResult(method, answer).length > 0, `${method} in ${layer}`)
    codecs.forEach(isSaid)
  }
  const from = { offsetDate: 0, offsetId: 0, hash: 0n } as const
  const stretch = { peer: SERVICE_PEER, ...from, addOffset: 0, maxId: 0, minId: 0 }
  const offsetPeer = { _: 'inputPeerEmpty' } as const
  const since = { date: 1, qts: 1 }
  await ask('messages.getDialogs', { ...from, offsetPeer, limit: 5 })
  await ask('messages.getDialogs', { ...from, offsetPeer, limit: 0 })
  await ask('messages.getPinnedDialogs', { folderId: 0 })
  await ask('messages.getPeerDialogs', { peers: [{ _: 'inputDialogPeer', peer: SERVICE_PEER }] })
  await ask('messages.getHistory', { ...stretch, limit: 5 })
  await ask('messages.getHistory', { ...stretch, limit: 1 })
  await ask('messages.getHistory', { ...stretch, limit: 5, hash: 73_014_444_035n })
  await ask('messages.getMessages', { id: [1, 9].map((id) => ({ _: 'inputMessageID', id })) })
  await ask('messages.receivedMessages', { maxId: 2 })
  await ask('updates.getDifference', { pts: 1, ...since })
  await ask('updates.getDifference', { pts: 1, ptsLimit: 1, ...since })
  await ask('updates.getDifference', { pts: 1, ptsTotalLimit: 1, ...since })
  await ask('updates.getDifference', { pts: 3, ...since })
  await ask('messages.readHistory', { peer: SERVICE_PEER, maxId: 1 })
  await ask('messages.deleteMessages', { id: [1] })
  const entities = [
    { _: 'messageEntityStrike', offset: 0, length: 4 },
    { _: 'messageEntityDiffDelete', offset: 0, length: 4 },
  ] as const
  const self = { _: 'inputPeerSelf' } as const
  const kept = { peer: self, message: 'kept 22222', randomId: 5n, entities: [...entities] }
  await ask('messages.sendMessage', kept)
  await ask('messages.getHistory', { ...stretch, peer: self, limit: 5 })
  await ask('updates.getDifference', { pts: 3, ...since })
  await ask('updates.getState', {})
  await ask('users.getUsers', { id: [{ _: 'inputUser', userId: 777000n, accessHash: 0n }] })
  await ask('users.getFullUser', { id: { _: 'inputUser', userId: 777000n, accessHash: 0n } })
  assert.deepEqual(answers, [
    'messages.dialogs',
    'messages.dialogsSlice',
    'messages.peerDialogs',
    'messages.peerDialogs',
    'messages.messages',
    'messages.messagesSlice',
    'messages.messagesNotModified',
    'messages.messages',
    'messages.receivedMessages',
    'updates.difference',
    'updates.differenceSlice',
    'updates.differenceTooLong',
    'updates.differenceEmpty',
    'messages.affectedMessages',
    'messages.affectedMessages',
    'updates',
    'messages.messages',
    'updates.difference',
    'updates.state',
    'users.getUsers',
    'users.userFull',
  ])
  assert.deepEqual(
    heard.map(({ event }) => event.kind),
    ['newMessage', 'newMessage', 'readInbox', 'deleteMessages', 'newMessage', 'newMessage'],
  )
  for (const { event } of heard) {
    const viewer = { on: context.on, viewerId: requireUserId(context.caller.state), nowS: context.nowS }
    const updates = await boxUpdates({ events: [event], sideEvents: [] }, viewer)
    for (const { encode, layer } of codecs) {
      assert.ok(encode('Updates', updates).length > 0, `${event.kind} in ${layer}`)
    }
  }
})

test('dates never run ahead of the wall clock, even if the clock of the rules does', async () => {
  const { context } = await createScene()
  const earlier = { ...context, nowS: context.nowS - 100 }
  const getHistory = HANDLERS['messages.getHistory'] ?? assert.fail('not built')
  const whole = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
  const answer = await getHistory({ _: 'messages.getHistory', peer: SERVICE_PEER, ...whole }, earlier)
  assert.ok(answer._ === 'messages.messages')
  const [message] = answer.messages
  assert.equal(message?._ === 'message' && message.date, earlier.nowS)
})
