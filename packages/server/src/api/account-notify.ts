import type { InputNotifyPeer } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import {
  forgetNotifySettings,
  notifyExceptionsOf,
  notifySettingsOf,
  setNotifySettings,
} from '../rules/dialogs/notify.ts'
import type { NotifyScope } from '../rules/dialogs/words.ts'
import { refusal } from '../rules/index.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf } from './peers.ts'
import { notifyUpdate, tlNotifySettings } from './tl-notify.ts'

/** Gets the notifications of a chat, or of all chats of a kind. */
export const getNotifySettings: Handler<'account.getNotifySettings'> = async ({ peer }, context) => {
  const userId = requireUserId(context.caller.state)
  return tlNotifySettings(await notifySettingsOf(context.on, userId, await scopeOf(peer, context)))
}

/** Sets the notifications of a chat, or of all chats of a kind. */
export const updateNotifySettings: Handler<'account.updateNotifySettings'> = async (
  { peer, settings },
  context,
) => {
  const { muteUntil: muteUntilS, silent: isSilent, showPreviews: showsPreviews } = settings
  const scope = await scopeOf(peer, context)
  await setNotifySettings(context.on, context.caller, scope, { muteUntilS, isSilent, showsPreviews })
  return true
}

/** Forgets all choices about notifications. */
export const resetNotifySettings: Handler<'account.resetNotifySettings'> = async (_request, context) => {
  await forgetNotifySettings(context.on, context.caller)
  return true
}

/** Lists the chats whose notifications are not those of their kind. */
export const getNotifyExceptions: Handler<'account.getNotifyExceptions'> = async ({ peer }, context) => {
  const scope = peer && (await scopeOf(peer, context))
  const exceptions = await notifyExceptionsOf(context.on, context.caller, scope)
  const book = peerBook(context)
  book.add(...exceptions.map(({ peerId }) => peerId))
  const updates = exceptions.map((each) => notifyUpdate({ kind: 'peer', peerId: each.peerId }, each))
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}

/** @throws {RpcError} PEER_ID_INVALID, MSG_ID_INVALID */
async function scopeOf(peer: InputNotifyPeer, context: HandlerContext): Promise<NotifyScope> {
  switch (peer._) {
    case 'inputNotifyUsers':
      return { kind: 'users' }
    case 'inputNotifyChats':
      return { kind: 'groups' }
    case 'inputNotifyBroadcasts':
      return { kind: 'channels' }
    case 'inputNotifyPeer':
      return { kind: 'peer', peerId: await peerOf(peer.peer, context) }
    // Topics and communities do not exist here.
    case 'inputNotifyForumTopic':
    case 'inputNotifyCommunity':
      throw refusal('PEER_ID_INVALID')
  }
}
