import type { InputDialogPeer, InputPeer } from '@cablegram/tl/api'
import type { User } from '../rules/accounts/words.ts'
import { messageText } from '../rules/chats/text/format.ts'
import { saveText } from '../rules/codes/saved-messages.ts'
import { refusal } from '../rules/index.ts'
import {
  deleteOwn,
  dialogsOf,
  dialogsWith,
  historyOf,
  markRead,
  messagesOf,
} from '../rules/messages/messages.ts'
import type { Dialog, Message } from '../rules/messages/words.ts'
import { boxState, tlState } from './box-state.ts'
import type { Handler, HandlerContext, RequestOf, ResultOf } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { knownUserIdOf, peerOf, peersOf } from './peers.ts'
import { textEntities } from './tl-entities.ts'
import { historyHash, tlBoxEvent, tlDialog, tlMessage } from './tl-messages.ts'

/** Adds a text to Saved Messages, the only chat that people can write in. */
export const sendMessage: Handler<'messages.sendMessage'> = async (request, context) => {
  refuseMore(request, await context.requireUser())
  const { message: text, randomId } = request
  const entities = await textEntities(request.entities ?? [], (user) => knownUserIdOf(user, context))
  const written = messageText({ text, entities }, context.nowS)
  const { event, notice, deletion } = await saveText(context.on, context.caller, { ...written, randomId })
  const told = [event, deletion, notice].filter((each) => each !== undefined)
  const book = peerBook(context)
  book.addMessages(told.flatMap((each) => (each.kind === 'newMessage' ? each.message : [])))
  return {
    _: 'updates',
    updates: [
      { _: 'updateMessageID', id: event.message.id, randomId },
      ...told.map((each) => tlBoxEvent(each, context.nowS)),
    ],
    ...(await book.lists()),
    date: context.nowS,
    seq: 0,
  }
}

/** @throws {RpcError} if the message is anything but a text, sent now and in the user's own name */
function refuseMore(request: RequestOf<'messages.sendMessage'>, self: User): void {
  if (!isSelf(request.peer, self)) throw refusal('PEER_ID_INVALID')
  if (request.sendAs !== undefined && !isSelf(request.sendAs, self)) throw refusal('SEND_AS_PEER_INVALID')
  if (request.richMessage !== undefined) throw refusal('MESSAGE_EMPTY')
  if (request.replyMarkup !== undefined) throw refusal('REPLY_MARKUP_INVALID')
  if (request.scheduleDate !== undefined) throw refusal('SCHEDULE_TOO_MUCH')
  if (request.quickReplyShortcut !== undefined) throw refusal('QUICK_REPLIES_TOO_MUCH')
  if (request.suggestedPost !== undefined) throw refusal('SUGGESTED_POST_PEER_INVALID')
}

function isSelf(peer: InputPeer, self: User): boolean {
  return peer._ === 'inputPeerSelf' || (peer._ === 'inputPeerUser' && peer.userId === self.id)
}

/** Folders of chats: all that are not archived, and the archive, which is empty. */
const [ALL, ARCHIVE] = [0, 1]

/** Lists the chats with their newest messages. */
export const getDialogs: Handler<'messages.getDialogs'> = async (request, context) => {
  const { folderId, offsetId, offsetDate: offsetDateS, limit } = request
  checkFolder(folderId)
  if (folderId === ARCHIVE) return { _: 'messages.dialogs', dialogs: [], messages: [], chats: [], users: [] }
  const query = { offsetId, offsetDateS, limit }
  const { dialogs, count } = await dialogsOf(context.on, context.caller, query)
  const parts = await dialogParts(dialogs, context)
  if (dialogs.length === count) return { _: 'messages.dialogs', ...parts }
  return { _: 'messages.dialogsSlice', count, ...parts }
}

/** Gives single chats, also those without messages. */
export const getPeerDialogs: Handler<'messages.getPeerDialogs'> = async ({ peers }, context) => {
  if (peers.length === 0) throw refusal('INPUT_PEERS_EMPTY')
  if (peers.length > MAX_PEERS) throw refusal('LIMIT_INVALID')
  const ids = await peersOf(peers.map(inputPeerOf), context)
  const { dialogs, state } = await dialogsWith(context.on, context.caller, ids)
  return {
    _: 'messages.peerDialogs',
    ...(await dialogParts(dialogs, context)),
    state: tlState(state, context.nowS),
  }
}

/** Lists pinned chats: always empty, because chats cannot be pinned. */
export const getPinnedDialogs: Handler<'messages.getPinnedDialogs'> = async ({ folderId }, context) => {
  checkFolder(folderId)
  const state = await boxState(context)
  return { _: 'messages.peerDialogs', dialogs: [], messages: [], chats: [], users: [], state }
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

/** Deletes messages from the caller's box. No other box has them. */
export const deleteMessages: Handler<'messages.deleteMessages'> = async ({ id: ids }, context) => ({
  _: 'messages.affectedMessages',
  ...(await deleteOwn(context.on, context.caller, ids)),
})

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
): Promise<Omit<Extract<ResultOf<'messages.getDialogs'>, { _: 'messages.dialogs' }>, '_'>> {
  const messages = dialogs.flatMap(({ topMessage }) => topMessage ?? [])
  const book = peerBook(context)
  book.add(...dialogs.map(({ peerId }) => peerId))
  book.addMessages(messages)
  return {
    dialogs: dialogs.map(tlDialog),
    messages: messages.map((message) => tlMessage(message, context.nowS)),
    ...(await book.lists()),
  }
}

async function messageParts(messages: readonly Message[], context: HandlerContext) {
  const book = peerBook(context)
  book.addMessages(messages)
  return {
    messages: messages.map((message) => tlMessage(message, context.nowS)),
    topics: [],
    ...(await book.lists()),
  }
}
