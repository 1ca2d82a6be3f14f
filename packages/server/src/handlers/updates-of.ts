import type { Updates } from '@cablegram/tl/api'
import type { KeyUpdate, UserUpdate } from '../ports.ts'

/** What a session is sent of something the rules have to tell. */
export function updatesOf(update: UserUpdate | KeyUpdate, nowS: number): Updates {
  switch (update.kind) {
    case 'newAuthorization':
      return { _: 'updateShort', update: { _: 'updateNewAuthorization', hash: update.hash }, date: nowS }
    case 'loginToken':
      return { _: 'updateShort', update: { _: 'updateLoginToken' }, date: nowS }
  }
}
