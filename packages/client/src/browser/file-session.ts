import { SessionError } from '../storage/errors.ts'
import type { SealOptions } from '../storage/sealed-session.ts'
import type { SessionStorage } from '../storage/storage.ts'

/** A page has no files: opening the session fails, and the error names the sessions that a page has. */
export function fileSession(file: string, _options: SealOptions = {}): SessionStorage {
  const message = `A page has no files, such as ${file}. Use indexedDbSession() or memorySession().`
  const refuse = () => Promise.reject(new SessionError('SESSION_STORAGE', message))
  return { name: file, open: refuse, write: refuse, close: () => Promise.resolve() }
}
