import type { InputReplyTo } from '@cablegram/tl/api'
import { clearDrafts, draftsOf, saveDraft as keepDraft } from '../rules/dialogs/drafts.ts'
import type { NewDraft } from '../rules/dialogs/words.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { knownUserIdOf, peerOf } from './peers.ts'
import { draftUpdate } from './tl-drafts.ts'
import { textEntities } from './tl-entities.ts'

/** Keeps a text that is not sent yet, for the user's other devices. An empty one takes the draft away. */
export const saveDraft: Handler<'messages.saveDraft'> = async (request, context) => {
  const peerId = await peerOf(request.peer, context)
  const draft: NewDraft = {
    text: request.message,
    entities: await textEntities(request.entities ?? [], (user) => knownUserIdOf(user, context)),
    ...(await replyOf(request.replyTo, context)),
    ...(request.noWebpage && { hidesPreview: true }),
    ...(request.invertMedia && { hasMediaAbove: true }),
  }
  await keepDraft(context.on, context.caller, peerId, draft)
  return true
}

/** The message that a draft replies to. */
async function replyOf(
  replyTo: InputReplyTo | undefined,
  context: HandlerContext,
): Promise<Pick<NewDraft, 'replyToId' | 'reply'>> {
  if (replyTo?._ !== 'inputReplyToMessage') return {}
  const { replyToMsgId: replyToId, quoteText: text, quoteEntities = [], quoteOffset: offset = 0 } = replyTo
  if (text === undefined) return { replyToId }
  const entities = await textEntities(quoteEntities, (user) => knownUserIdOf(user, context))
  return { replyToId, reply: { quote: { text, entities, offset } } }
}

/** Gives the drafts of all chats. */
export const getAllDrafts: Handler<'messages.getAllDrafts'> = async (_request, context) => {
  const drafts = await draftsOf(context.on, context.caller)
  const book = peerBook(context)
  const updates = drafts.map((draft) => draftUpdate(draft.peerId, draft, book))
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}

/** Takes the drafts of all chats away. */
export const clearAllDrafts: Handler<'messages.clearAllDrafts'> = async (_request, context) => {
  await clearDrafts(context.on, context.caller)
  return true
}
