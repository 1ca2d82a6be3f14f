import type { Update, Updates } from '@cablegram/tl/api'
import type { Place } from '../rules/messages/words.ts'

/** Updates that count events of a box. */
const OF_BOX: ReadonlySet<string> = new Set([
  'updateNewMessage',
  'updateEditMessage',
  'updateDeleteMessages',
  'updateReadHistoryInbox',
  'updateReadHistoryOutbox',
  'updateReadMessagesContents',
  'updatePinnedMessages',
  'updateFolderPeers',
  'updateWebPage',
])

/** Answers that name a place themselves. */
const PLACED: ReadonlySet<string> = new Set([
  'messages.affectedMessages',
  'messages.affectedHistory',
  'messages.affectedFoundMessages',
  'updateShortMessage',
  'updateShortChatMessage',
  'updateShortSentMessage',
])

/** The places in the log of the caller's box that an answer tells of; clients count by them. */
export function placesIn(answer: unknown): Place[] {
  if (!isTl(answer)) return []
  if (PLACED.has(answer._)) return placeOf(answer)
  switch (answer._) {
    case 'updates':
    case 'updatesCombined':
      return (answer as Extract<Updates, { _: 'updates' }>).updates.flatMap(placeOfUpdate)
    case 'updateShort':
      return placeOfUpdate((answer as Extract<Updates, { _: 'updateShort' }>).update)
    default:
      // messages.invitedUsers and its like have their updates in a field.
      return 'updates' in answer ? placesIn(answer.updates) : []
  }
}

function placeOfUpdate(update: Update): Place[] {
  return OF_BOX.has(update._) ? placeOf(update) : []
}

function placeOf(value: object): Place[] {
  if (!('pts' in value && 'ptsCount' in value)) return []
  const { pts, ptsCount } = value
  return typeof pts === 'number' && typeof ptsCount === 'number' ? [{ pts, ptsCount }] : []
}

function isTl(value: unknown): value is { readonly _: string } {
  return typeof value === 'object' && value !== null && '_' in value && typeof value._ === 'string'
}
