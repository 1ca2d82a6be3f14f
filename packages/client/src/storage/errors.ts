import { MtprotoError } from '@cablegram/tl'

/**
 * A session cannot be used: `SESSION_IN_USE` (another client has it open), `SESSION_CORRUPT`, `SESSION_FOREIGN` (another
 * library wrote it), `SESSION_VERSION` (a newer Cablegram wrote it), `SESSION_OTHER_SERVER` (it belongs to another
 * server), `SESSION_STORAGE` (it cannot be read or written). It is never overwritten then.
 *
 * @example
 * ```ts
 * import { SessionError, type TelegramClient } from '@cablegram/client'
 *
 * export async function isFree(client: TelegramClient): Promise<boolean> {
 *   try {
 *     await client.connect()
 *     return true
 *   } catch (error) {
 *     if (error instanceof SessionError && error.code === 'SESSION_IN_USE') return false
 *     throw error
 *   }
 * }
 * ```
 */
export class SessionError extends MtprotoError {
  override readonly name: string = 'SessionError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
