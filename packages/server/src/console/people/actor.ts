import { LAYER } from '@cablegram/tl/api'
import type { Caller } from '../../ground/caller.ts'
import type { User as Account } from '../../rules/accounts/words.ts'

/** Somebody who acts without a client. */
export interface Actor {
  readonly account: Account
  /** The account signed in, by no key. */
  readonly caller: Caller
}

/** No key has this id: whatever the call causes is pushed to all sessions of the account. */
const NO_KEY = 0n

/** An account as the caller of rules. */
export function actorOf(account: Account): Actor {
  const { id: userId, isBot } = account
  const state = { at: 'authorized', userId, isBot, hash: 0n, activeAtS: 0 } as const
  const caller: Caller = {
    authKeyId: NO_KEY,
    dcId: 0,
    ip: '127.0.0.1',
    layer: LAYER,
    channels: new Set(),
    apiId: 0,
    appVersion: '',
    state,
    digest: () => new Uint8Array(32),
  }
  return { account, caller }
}
