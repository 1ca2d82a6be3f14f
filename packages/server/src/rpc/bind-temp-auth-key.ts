import type { Requests } from '@cablegram/tl/api'
import type { GatewayRequest } from '../gateway/driver.ts'
import type { OnKeys } from '../rules/accounts/key-records.ts'
import { findKey } from '../rules/accounts/keys.ts'
import type { Rules } from '../rules/index.ts'
import { readBinding } from './binding.ts'

/**
 * Binds the temporary key that a request came under to the permanent key it names. Not among the handlers,
 * because it is about the message itself: its key, session and message id.
 *
 * @param nowS Unix seconds on the wall clock
 */
export async function bindTempAuthKey(
  request: Requests['auth.bindTempAuthKey'],
  { session, msgId }: Pick<GatewayRequest, 'session' | 'msgId'>,
  on: OnKeys & Pick<Rules, 'tempKeys'>,
  nowS: number,
): Promise<true> {
  const { permAuthKeyId, nonce, expiresAt, encryptedMessage } = request
  const permKey = await findKey(on, permAuthKeyId)
  return await on.tempKeys.bind({
    tempAuthKeyId: session.authKeyId,
    sessionId: session.sessionId,
    msgId,
    permAuthKeyId,
    nonce,
    expiresAtS: expiresAt,
    nowS,
    inner: permKey && readBinding(permKey.key, encryptedMessage),
  })
}
