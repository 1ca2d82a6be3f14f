import type { Update, Updates } from '@cablegram/tl/api'
import type { SentCode } from '../courier/port.ts'
import type { PeerId } from '../rules/messages/words.ts'
import type { SeenStatus } from '../rules/people/words.ts'
import { tlPeer } from './peers.ts'
import { sentCode } from './sent-code.ts'
import { type Doing, tlDoing } from './tl-doing.ts'
import { tlStatus } from './tl-people.ts'

/** News for a session that is in no log. */
export type News =
  /** The log of the box no longer has all events, or too many wait: the client has to ask for the difference. */
  | { readonly kind: 'tooLong' }
  | NewAuthorization
  /** Somebody has accepted the QR code that the session shows. */
  | { readonly kind: 'loginToken' }
  | { readonly kind: 'sentCode'; readonly sent: SentCode }
  | Typing
  | { readonly kind: 'status'; readonly userId: bigint; readonly status: SeenStatus }

/** Somebody has signed in, or a login was confirmed. */
interface NewAuthorization {
  readonly kind: 'newAuthorization'
  readonly hash: bigint
  /** Facts for the owner's decision about the login; undefined if it is confirmed. */
  readonly unconfirmed: { readonly device: string; readonly location: string } | undefined
}

/** Somebody does something in a chat. */
interface Typing {
  readonly kind: 'typing'
  readonly peerId: PeerId
  readonly fromId: bigint
  readonly doing: Doing
}

/** Updates that tell a session the news. */
export function updatesOf(news: News, nowS: number): Updates {
  if (news.kind === 'tooLong') return { _: 'updatesTooLong' }
  return { _: 'updateShort', update: updateOf(news, nowS), date: nowS }
}

function updateOf(news: Exclude<News, { readonly kind: 'tooLong' }>, nowS: number): Update {
  switch (news.kind) {
    case 'newAuthorization':
      return newAuthorization(news, nowS)
    case 'loginToken':
      return { _: 'updateLoginToken' }
    case 'sentCode':
      return { _: 'updateSentPhoneCode', sentCode: sentCode(news.sent, nowS) }
    case 'typing':
      return typing(news)
    case 'status':
      return { _: 'updateUserStatus', userId: news.userId, status: tlStatus(news.status, nowS) }
  }
}

function newAuthorization({ hash, unconfirmed }: NewAuthorization, nowS: number): Update {
  if (unconfirmed === undefined) return { _: 'updateNewAuthorization', hash }
  return { _: 'updateNewAuthorization', unconfirmed: true, hash, date: nowS, ...unconfirmed }
}

function typing({ peerId, fromId, doing }: Typing): Update {
  const action = tlDoing(doing)
  const peer = tlPeer(peerId)
  if (peer._ !== 'peerChat') return { _: 'updateUserTyping', userId: fromId, action }
  return { _: 'updateChatUserTyping', chatId: peer.chatId, fromId: tlPeer(fromId), action }
}
