/** Changes of the list of chats: pins and marks. */
import { orderPinnedDialogs, setDialogPinned } from '../rules/dialogs/dialog-pins.ts'
import { markedUnread, setMarkedUnread } from '../rules/dialogs/marks.ts'
import { refusal } from '../rules/index.ts'
import { dialogPeerOf } from './dialog-peer.ts'
import { folderIdOf } from './folder-id.ts'
import type { Handler } from './handler.ts'
import { tlDialogPeer } from './side-dialogs.ts'

/** Chats that clients put in order at once. */
const MAX_ORDERED = 200

/** Pins a chat to the top of the list, or takes the pin away. */
export const toggleDialogPin: Handler<'messages.toggleDialogPin'> = async ({ peer, pinned }, context) => {
  const peerId = await dialogPeerOf(peer, context)
  await setDialogPinned(context.on, context.caller, peerId, pinned === true)
  return true
}

/** Puts the pinned chats of a folder in order. The archive itself, which clients name too, has no place. */
export const reorderPinnedDialogs: Handler<'messages.reorderPinnedDialogs'> = async (
  { folderId, order, force },
  context,
) => {
  if (order.length > MAX_ORDERED) throw refusal('LIMIT_INVALID')
  const chats = order.filter(({ _ }) => _ !== 'inputDialogPeerFolder')
  const peerIds = await Promise.all(chats.map((peer) => dialogPeerOf(peer, context)))
  await orderPinnedDialogs(context.on, context.caller, {
    folderId: folderIdOf(folderId),
    peerIds,
    keepsOthers: force !== true,
  })
  return true
}

/** Marks a chat as unread, or takes the mark away. */
export const markDialogUnread: Handler<'messages.markDialogUnread'> = async (
  { peer, parentPeer, unread },
  context,
) => {
  if (parentPeer !== undefined) throw refusal('PEER_ID_INVALID')
  const peerId = await dialogPeerOf(peer, context)
  await setMarkedUnread(context.on, context.caller, peerId, unread === true)
  return true
}

/** Lists the chats that the user marked as unread. */
export const getDialogUnreadMarks: Handler<'messages.getDialogUnreadMarks'> = async (
  { parentPeer },
  context,
) => {
  if (parentPeer !== undefined) throw refusal('PEER_ID_INVALID')
  return (await markedUnread(context.on, context.caller)).map(tlDialogPeer)
}
