import { MtprotoError } from '@cablegram/tl'

/** Facts beside the message. */
export interface UpdatesErrorOptions extends ErrorOptions {
  readonly channelId?: bigint | undefined
}

/**
 * Something is wrong with the updates, and the client goes on: `UPDATES_LOST` (some cannot be had any more),
 * `UPDATE_UNREADABLE` (this version cannot read one), `HANDLER_SLOW` (a handler holds up those that come after).
 *
 * @example
 * ```ts
 * import { type TelegramClient, UpdatesError } from '@cablegram/client'
 *
 * export function countLosses(client: TelegramClient): { count: number } {
 *   const losses = { count: 0 }
 *   client.on('error', (error) => {
 *     if (error instanceof UpdatesError && error.code === 'UPDATES_LOST') losses.count += 1
 *   })
 *   return losses
 * }
 * ```
 */
export class UpdatesError extends MtprotoError {
  override readonly name: string = 'UpdatesError'
  readonly code: string
  /** The channel that it is about; undefined: the account. */
  readonly channelId: bigint | undefined

  constructor(code: string, message: string, { channelId, ...options }: UpdatesErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.channelId = channelId
  }
}
