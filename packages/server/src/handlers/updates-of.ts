import type { Update, Updates } from '@cablegram/tl/api'
import type { KeyUpdate, UserUpdate } from '../ports.ts'

/** What a session is sent of something the rules have to tell. */
export function updatesOf(update: UserUpdate | KeyUpdate, nowS: number): Updates {
  switch (update.kind) {
    case 'newAuthorization':
      return { _: 'updateShort', update: newAuthorization(update, nowS), date: nowS }
    case 'loginToken':
      return { _: 'updateShort', update: { _: 'updateLoginToken' }, date: nowS }
  }
}

function newAuthorization({ hash, unconfirmed }: UserUpdate, nowS: number): Update {
  if (unconfirmed === undefined) return { _: 'updateNewAuthorization', hash }
  return { _: 'updateNewAuthorization', unconfirmed: true, hash, date: nowS, ...unconfirmed }
}
