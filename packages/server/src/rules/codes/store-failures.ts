import type { RpcError } from '@cablegram/mtproto'
import type { StoreError } from '../../database/errors.ts'
import { refusal } from '../refusal.ts'

/** Methods that begin a login again once its data is in doubt: Telegram documents AUTH_RESTART for them. */
const RESTARTED: ReadonlySet<string> = new Set([
  'auth.sendCode',
  'auth.signIn',
  'auth.exportLoginToken',
  'auth.initPasskeyLogin',
  'auth.finishPasskeyLogin',
])

/**
 * The answer of a method if the store has failed and undone its work; undefined: INTERNAL, as for any other failure.
 * A disk that is full, say, is nothing that a new beginning helps against. Which error Telegram uses when is not
 * published: this is ours.
 */
export function storeRefusal(method: string, { code, engineCode }: StoreError): RpcError | undefined {
  if (code === 'STORE_LATE') return refusal('Timeout')
  // The login is not in doubt: its code is as good as before once the store is back.
  if (code === 'STORE_UNREACHABLE' || code === 'STORE_CLOSED') return undefined
  // The data cannot be read any more, though the engine reports no error.
  const isDamaged = code === 'STORE_FAILED' && engineCode === undefined
  if (method === 'auth.signIn' && !isDamaged) return refusal('SIGN_IN_FAILED')
  if (code !== 'STORE_FAILED') return undefined
  if (method === 'auth.checkPassword') return refusal('AUTH_KEY_UNSYNCHRONIZED')
  if (method === 'auth.sendCode' && engineCode !== undefined)
    return refusal('AUTH_RESTART_X', { x: engineCode })
  return RESTARTED.has(method) ? refusal('AUTH_RESTART') : undefined
}
