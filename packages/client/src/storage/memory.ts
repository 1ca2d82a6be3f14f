import { memoryState } from './memory-state.ts'
import { decodeStringSession } from './session.ts'
import type { SessionStorage } from './storage.ts'

/**
 * A session that is kept in memory only: a new one, or the one in a string session, which `exportSession` gives. An empty
 * string is a new session, so that an environment variable may be unset.
 *
 * @throws SessionError SESSION_CORRUPT, SESSION_FOREIGN, SESSION_VERSION
 *
 * @example
 * ```ts
 * import { memorySession, TelegramClient } from '@cablegram/client'
 *
 * const session = memorySession(process.env['SESSION'])
 * const client = new TelegramClient(session, { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function memorySession(stringSession = ''): SessionStorage {
  let text = stringSession.trim() === '' ? undefined : decodeStringSession(stringSession.trim())
  return {
    name: 'the session in memory',
    state: memoryState(),
    open: () => Promise.resolve(text),
    write(next) {
      text = next
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}
