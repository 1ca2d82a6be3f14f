import type { Update, Updates } from '@cablegram/tl/api'
import type { SentCode } from '../courier/port.ts'
import { SERVICE_USER } from '../rules/index.ts'
import type { BoxEvent } from '../rules/messages/words.ts'
import { sentCode } from './sent-code.ts'
import { tlBoxEvent } from './tl-messages.ts'
import { serviceUser } from './tl-people.ts'

/** News for a session: an event of its box, or one that is in no log. */
export type News =
  | BoxEvent
  /** The log of the box no longer has all events: the client has to ask for the difference. */
  | { readonly kind: 'tooLong' }
  | NewAuthorization
  /** Somebody has accepted the QR code that the session shows. */
  | { readonly kind: 'loginToken' }
  | { readonly kind: 'sentCode'; readonly sent: SentCode }

/** Somebody has signed in, or a login was confirmed. */
interface NewAuthorization {
  readonly kind: 'newAuthorization'
  readonly hash: bigint
  /** Facts for the owner's decision about the login; undefined if it is confirmed. */
  readonly unconfirmed: { readonly device: string; readonly location: string } | undefined
}

/** Updates that tell a session the news. */
export function updatesOf(update: News, nowS: number): Updates {
  switch (update.kind) {
    case 'newAuthorization':
      return { _: 'updateShort', update: newAuthorization(update, nowS), date: nowS }
    case 'tooLong':
      return { _: 'updatesTooLong' }
    case 'loginToken':
      return { _: 'updateShort', update: { _: 'updateLoginToken' }, date: nowS }
    case 'sentCode':
      return {
        _: 'updateShort',
        update: { _: 'updateSentPhoneCode', sentCode: sentCode(update.sent, nowS) },
        date: nowS,
      }
    default:
      return boxUpdates(update, nowS)
  }
}

function newAuthorization({ hash, unconfirmed }: NewAuthorization, nowS: number): Update {
  if (unconfirmed === undefined) return { _: 'updateNewAuthorization', hash }
  return { _: 'updateNewAuthorization', unconfirmed: true, hash, date: nowS, ...unconfirmed }
}

/** Updates with the service user, whom a client may not know yet. Events counted by pts need no seq. */
function boxUpdates(event: BoxEvent, nowS: number): Updates {
  const isByService = event.kind === 'newMessage' && event.message.fromId === SERVICE_USER.id
  return {
    _: 'updates',
    updates: [tlBoxEvent(event, nowS)],
    users: isByService ? [serviceUser()] : [],
    chats: [],
    date: nowS,
    seq: 0,
  }
}
