import type { DraftMessage, InputReplyTo, Dialog as TlDialog, Update } from '@cablegram/tl/api'
import type { Draft } from '../rules/dialogs/words.ts'
import type { PeerId } from '../rules/messages/words.ts'
import type { PeerBook } from './peer-book.ts'
import { tlPeer } from './peers.ts'
import { tlEntities } from './tl-entities.ts'

/** A draft in TL. */
export function tlDraft(draft: Draft): DraftMessage {
  const { text, entities, dateS } = draft
  const replyTo = tlReplyTo(draft)
  return {
    _: 'draftMessage',
    ...(draft.hidesPreview && { noWebpage: true }),
    ...(draft.hasMediaAbove && { invertMedia: true }),
    ...(replyTo !== undefined && { replyTo }),
    message: text,
    ...(entities.length > 0 && { entities: tlEntities(entities) }),
    date: dateS,
  }
}

/** A chat of a list with what its owner has begun to write there. */
export function withDraft(dialog: TlDialog, draft: Draft | undefined): TlDialog {
  return draft === undefined || dialog._ !== 'dialog' ? dialog : { ...dialog, draft: tlDraft(draft) }
}

function tlReplyTo({ replyToId, reply }: Draft): InputReplyTo | undefined {
  if (replyToId === undefined) return undefined
  const quote = reply?.quote
  return {
    _: 'inputReplyToMessage',
    replyToMsgId: replyToId,
    ...(quote !== undefined && {
      quoteText: quote.text,
      ...(quote.entities.length > 0 && { quoteEntities: tlEntities(quote.entities) }),
      quoteOffset: quote.offset,
    }),
  }
}

/** The update that tells of a draft, or that it was taken away. */
export function draftUpdate(
  peerId: PeerId,
  draft: Draft | { readonly clearedAtS: number },
  book: PeerBook,
): Update {
  book.add(peerId)
  return {
    _: 'updateDraftMessage',
    peer: tlPeer(peerId),
    draft: 'clearedAtS' in draft ? { _: 'draftMessageEmpty', date: draft.clearedAtS } : tlDraft(draft),
  }
}
