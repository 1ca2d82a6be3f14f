import { SessionError } from '../storage/errors.ts'

/** A page that is left gives its locks back a moment later: its successor waits for that. */
const PATIENCE_MS = 1500

/**
 * Takes a session's name for this client, in all tabs and workers of the origin.
 *
 * @returns gives it back; the browser does so, too, when the page ends
 * @throws SessionError SESSION_IN_USE, SESSION_STORAGE
 */
export async function holdName(name: string): Promise<() => void> {
  if (!globalThis.isSecureContext) {
    const message = `The session ${name} needs a page from https or localhost: on others, browsers do not keep two tabs apart. Use memorySession().`
    throw new SessionError('SESSION_STORAGE', message)
  }
  return await new Promise((resolve, reject) => {
    const whenHeld = () => new Promise<void>((release) => resolve(release))
    const signal = AbortSignal.timeout(PATIENCE_MS)
    navigator.locks.request(`cablegram session ${name}`, { signal }, whenHeld).catch((cause) => {
      reject(signal.aborted ? inUse(name) : noLocks(name, cause))
    })
  })
}

function inUse(name: string): SessionError {
  const message = `Another tab or another client of this page has the session ${name} open. Close it, or use another session.`
  return new SessionError('SESSION_IN_USE', message)
}

/** A frame with a sandbox has an origin of its own, for which browsers keep nothing. */
function noLocks(name: string, cause: unknown): SessionError {
  const message = `The browser keeps no session ${name} for this page. Use memorySession().`
  return new SessionError('SESSION_STORAGE', message, { cause })
}
