/**
 * Storage of what a client remembers beside its session: text by key. Losing it costs time and never the login, so a
 * write survives the end of the process at once, and a power failure soon after.
 *
 * @example
 * ```ts
 * import type { StateStorage } from '@cablegram/client'
 *
 * export function mapState(map: Map<string, string>): StateStorage {
 *   return {
 *     name: 'a map',
 *     open: async () => {},
 *     get: async (key) => map.get(key),
 *     async write(changes) {
 *       for (const [key, value] of changes) {
 *         if (value === undefined) map.delete(key)
 *         else map.set(key, value)
 *       }
 *     },
 *     close: async () => {},
 *   }
 * }
 * ```
 */
export interface StateStorage {
  /** Name for messages. */
  readonly name: string
  /**
   * Takes it for this client, after the session that it belongs to.
   *
   * @throws SessionError SESSION_STORAGE, SESSION_VERSION, SESSION_FOREIGN
   */
  open(): Promise<void>
  /** The text under a key; undefined if there is none. */
  get(key: string): Promise<string | undefined>
  /**
   * Makes these changes, all or none of them; `undefined` deletes. Writes take effect in the order of the calls.
   *
   * @throws SessionError SESSION_STORAGE
   */
  write(changes: ReadonlyMap<string, string | undefined>): Promise<void>
  /** Gives it back, before the session. */
  close(): Promise<void>
}

/** Makes changes in a map. */
export function applyChanges(
  texts: Map<string, string>,
  changes: ReadonlyMap<string, string | undefined>,
): void {
  for (const [key, value] of changes) {
    if (value === undefined) texts.delete(key)
    else texts.set(key, value)
  }
}
