import { SessionError } from './errors.ts'
import type { SealOptions } from './sealed-session.ts'
import type { SessionStorage } from './storage.ts'

/**
 * A session in the IndexedDB of a page's origin. One tab at a time has it open; another one gets SESSION_IN_USE. Outside a
 * browser opening it fails, because there is no IndexedDB.
 *
 * @example
 * ```ts
 * import { indexedDbSession, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient(indexedDbSession('me'), { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function indexedDbSession(name: string, _options: SealOptions = {}): SessionStorage {
  const message = `There is no IndexedDB here for the session ${name}. Use fileSession() or memorySession().`
  const refuse = () => Promise.reject(new SessionError('SESSION_STORAGE', message))
  return { name, open: refuse, write: refuse, close: () => Promise.resolve() }
}
