import type { StateStorage } from './state.ts'

/**
 * Storage of a session's text. One client at a time has it open.
 *
 * @example
 * ```ts
 * import type { SessionStorage } from '@cablegram/client'
 *
 * export function mapSession(map: Map<string, string>, key: string): SessionStorage {
 *   return {
 *     name: key,
 *     open: async () => map.get(key),
 *     write: async (text) => void map.set(key, text),
 *     close: async () => {},
 *   }
 * }
 * ```
 */
export interface SessionStorage {
  /** Name for messages. */
  readonly name: string
  /** Storage of what the client remembers beside the session, open only while the session is. Default: in memory. */
  readonly state?: StateStorage | undefined
  /**
   * Takes it for this client, and reads it; undefined if there is no session yet.
   *
   * @param signal aborts when the client is closed: a storage that waits for a person gives up, and gives back what it took
   * @throws SessionError SESSION_IN_USE, SESSION_STORAGE; the reason of `signal`
   */
  open(signal?: AbortSignal): Promise<string | undefined>
  /** Replaces the text, all or nothing; when it resolves the text is safe. */
  write(text: string): Promise<void>
  /** Gives it back. */
  close(): Promise<void>
}
