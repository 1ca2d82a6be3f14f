import { decodeStringSession } from './session.ts'
import type { SessionStorage } from './storage.ts'

/** A session that is kept nowhere: empty, or what a string session says. */
export function memorySession(stringSession?: string): SessionStorage {
  let text = stringSession === undefined ? undefined : decodeStringSession(stringSession)
  return {
    name: 'the session in memory',
    open: () => Promise.resolve(text),
    write(next) {
      text = next
      return Promise.resolve()
    },
    close: () => Promise.resolve(),
  }
}
