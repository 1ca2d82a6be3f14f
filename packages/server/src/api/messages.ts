import { RpcError } from '@cablegram/mtproto'
import type { InputDialogPeer, InputPeer } from '@cablegram/tl/api'
import { draftsWith } from '../rules/dialogs/drafts.ts'
import { archiveOf } from '../rules/dialogs/folders.ts'
import type { Archive } from '../rules/dialogs/words.ts'
import { refusal } from '../rules/index.ts'
import {
  dialogsOf,
  dialogsWith,
  historyOf,
  markRead,
  messagesOf,
  pinnedDialogs,
} from '../rules/messages/messages.ts'
import type { Dialog, PeerId } from '../rules/messages/words.ts'
import { tlState } from './box-state.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { isKnownList } from './known-lists.ts'
import { messageParts } from './message-parts.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, peersOf } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { tlArchive } from './tl-archive.ts'
import { withDraft } from './tl-drafts.ts'
import { historyHash, tlDialog, tlMessage } from './tl-messages.ts'

/** Folders of chats: all that are not archived, and the archive, which is empty. */
const [ALL, ARCHIVE] = [0, 1]

/** Lists the chats with their newest messages. */
export const getDialogs: Handler<'messages.getDialogs'> = async (request, context) => {
  const { folderId, excludePinned, offsetId: id, offsetDate: dateS, offsetPeer, limit } = request
  checkFolder(folderId)
  const peerId = offsetPeer._ === 'inputPeerEmpty' ? undefined : await offsetPeerOf(offsetPeer, context)
  const offset = { dateS, id, peerId }
  const query = { folderId, excludesPinned: excludePinned === true, offset, limit }
  const { dialogs, count } = await dialogsOf(context.on, context.caller, query)
  const parts = await dialogParts(dialogs, context)
  if (isKnownList(request, parts, context)) return { _: 'messages.dialogsNotModified', count }
  if (dialogs.length === count) return { _: 'messages.dialogs', ...parts }
  return { _: 'messages.dialogsSlice', count, ...parts }
}

/** The last chat of a page. @throws {RpcError} OFFSET_PEER_ID_INVALID */
async function offsetPeerOf(peer: InputPeer, context: HandlerContext): Promise<PeerId> {
  try {
    return await peerOf(peer, context)
  } catch (error) {
    if (error instanceof RpcError && error.message === 'PEER_ID_INVALID')
      throw refusal('OFFSET_PEER_ID_INVALID')
    throw error
  }
}

/** Gives single chats, also those without messages. */
export const getPeerDialogs: Handler<'messages.getPeerDialogs'> = async ({ peers }, context) => {
  if (peers.length === 0) throw refusal('INPUT_PEERS_EMPTY')
  if (peers.length > MAX_PEERS) throw refusal('LIMIT_INVALID')
  const { nowS } = context
  const ids = await peersOf(peers.map(inputPeerOf), context)
  const { dialogs, state } = await dialogsWith(context.on, context.caller, ids)
  return {
    _: 'messages.peerDialogs',
    ...(await dialogParts(dialogs, context)),
    state: tlState(state, nowS),
  }
}

/** Lists the pinned chats of a folder, in their order. */
export const getPinnedDialogs: Handler<'messages.getPinnedDialogs'> = async ({ folderId }, context) => {
  checkFolder(folderId)
  const { nowS } = context
  const { dialogs, state } = await pinnedDialogs(context.on, context.caller, folderId)
  const archive = folderId === ALL ? await archiveOf(context.on, context.caller) : undefined
  return {
    _: 'messages.peerDialogs',
    ...(await dialogParts(dialogs, context, archive)),
    state: tlState(state, nowS),
  }
}

/** Gives a part of a chat, the newest message first. */
export const getHistory: Handler<'messages.getHistory'> = async (request, context) => {
  const { offsetId, offsetDate: offsetDateS, addOffset, limit, maxId, minId } = request
  const peerId = await peerOf(request.peer, context)
  const query = { peerId, offsetId, offsetDateS, addOffset, limit, maxId, minId }
  const { messages, count, skipped } = await historyOf(context.on, context.caller, query)
  if (request.hash !== 0n && request.hash === historyHash(messages)) {
    return { _: 'messages.messagesNotModified', count }
  }
  const parts = await messageParts(messages, context)
  if (messages.length === count) return { _: 'messages.messages', ...parts }
  return { _: 'messages.messagesSlice', count, offsetIdOffset: skipped, ...parts }
}

/** Gives messages by their ids; missing ones are empty. */
export const getMessages: Handler<'messages.getMessages'> = async ({ id: asked }, context) => {
  const ids = asked.map((each) => (each._ === 'inputMessageID' ? each.id : 0))
  const found = await messagesOf(context.on, context.caller, ids)
  const { messages, ...parts } = await messageParts(found, context)
  const byId = new Map(messages.map((message) => [message.id, message]))
  return {
    _: 'messages.messages',
    messages: ids.map((id) => byId.get(id) ?? { _: 'messageEmpty', id }),
    ...parts,
  }
}

/** Marks a chat as read up to a message. */
export const readHistory: Handler<'messages.readHistory'> = async ({ peer, maxId }, context) => {
  const peerId = await peerOf(peer, context)
  const affected = await markRead(context.on, context.caller, peerId, maxId)
  return { _: 'messages.affectedMessages', ...affected }
}

/** Accepts the note that messages arrived, and ignores it: this server does not wake clients up. */
export const receivedMessages: Handler<'messages.receivedMessages'> = () => []

const MAX_PEERS = 100

/** @throws {RpcError} FOLDER_ID_INVALID */
function checkFolder(folderId: number = ALL): void {
  if (folderId !== ALL && folderId !== ARCHIVE) throw refusal('FOLDER_ID_INVALID')
}

/** The peer of a dialog; a folder has none. */
function inputPeerOf(peer: InputDialogPeer): InputPeer {
  return peer._ === 'inputDialogPeer' ? peer.peer : { _: 'inputPeerEmpty' }
}

async function dialogParts(
  dialogs: readonly Dialog[],
  context: HandlerContext,
  archive?: Archive,
): Promise<Omit<Extract<ResultOf<'messages.getDialogs'>, { _: 'messages.dialogs' }>, '_'>> {
  const peerIds = dialogs.map(({ peerId }) => peerId)
  const drafts = await draftsWith(context.on, context.caller, peerIds)
  const archived = archive === undefined ? [] : await messagesOf(context.on, context.caller, [archive.topId])
  const messages = [...archived, ...dialogs.flatMap(({ topMessage }) => topMessage ?? [])]
  const book = peerBook(context)
  book.add(...peerIds)
  book.addMessages(messages)
  return {
    dialogs: [
      ...(archive === undefined ? [] : [tlArchive(archive)]),
      ...dialogs.map((dialog) => withDraft(tlDialog(dialog), drafts.get(dialog.peerId))),
    ],
    messages: messages.map((message) => tlMessage(message, viewerIn(context))),
    ...(await book.lists()),
  }
}
