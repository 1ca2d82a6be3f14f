import type { RpcError } from '@cablegram/mtproto'
import type { Passkey as TlPasskey } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { Passkey } from '../rules/logins/words.ts'
import { authorization } from './authorization.ts'
import { checkTexts } from './check-texts.ts'
import type { Handler } from './handler.ts'

/** What a passkey is to sign, for a login. */
export const initPasskeyLogin: Handler<'auth.initPasskeyLogin'> = async ({ apiId, apiHash }, context) => {
  checkTexts(apiHash)
  const data = await context.domain.passkeys.initLogin(context.caller, { apiId, apiHash })
  return { _: 'auth.passkeyLoginOptions', options: { _: 'dataJSON', data } }
}

/** Signs in with what a passkey has signed. */
export const finishPasskeyLogin: Handler<'auth.finishPasskeyLogin'> = async (request, context) => {
  const { credential, fromDcId, fromAuthKeyId } = request
  // The other form proves a telephone number to Google, which this server does not ask.
  if (credential._ !== 'inputPasskeyCredentialPublicKey') throw invalid()
  const { id, response } = credential
  if (response._ !== 'inputPasskeyResponseLogin') throw invalid()
  const { clientData, authenticatorData, signature, userHandle } = response
  const hasMoved = fromDcId !== undefined && fromAuthKeyId !== undefined
  const user = await context.domain.passkeys.finishLogin(context.caller, {
    id,
    clientData: clientData.data,
    authenticatorData,
    signature,
    userHandle,
    from: hasMoved ? { authKeyId: fromAuthKeyId, dcId: fromDcId } : undefined,
  })
  return authorization(user, context.nowS)
}

/** What a new passkey is to sign. */
export const initPasskeyRegistration: Handler<'account.initPasskeyRegistration'> = async (_, context) => {
  const data = await context.domain.passkeys.initRegistration(context.caller)
  return { _: 'account.passkeyRegistrationOptions', options: { _: 'dataJSON', data } }
}

/** Adds a passkey to the account. */
export const registerPasskey: Handler<'account.registerPasskey'> = async ({ credential }, context) => {
  if (credential._ !== 'inputPasskeyCredentialPublicKey') throw invalid()
  const { id, response } = credential
  if (response._ !== 'inputPasskeyResponseRegister') throw invalid()
  const { domain, caller, nowS } = context
  const { clientData, attestationData: attestation } = response
  return passkeyOf(
    await domain.passkeys.register(caller, { id, clientData: clientData.data, attestation }),
    nowS,
  )
}

/** The account's passkeys. */
export const getPasskeys: Handler<'account.getPasskeys'> = async (_request, { domain, caller, nowS }) => {
  const passkeys = await domain.passkeys.list(caller)
  return { _: 'account.passkeys', passkeys: passkeys.map((passkey) => passkeyOf(passkey, nowS)) }
}

/** Takes a passkey from the account. */
export const deletePasskey: Handler<'account.deletePasskey'> = ({ id }, { domain, caller }) =>
  domain.passkeys.remove(caller, id)

/** @param nowS on the wall clock, which the rules' clock may be ahead of */
function passkeyOf({ id, name, createdAtS, usedAtS }: Passkey, nowS: number): TlPasskey {
  return {
    _: 'passkey',
    id,
    name,
    date: Math.min(createdAtS, nowS),
    ...(usedAtS !== undefined && { lastUsageDate: Math.min(usedAtS, nowS) }),
  }
}

function invalid(): RpcError {
  return refusal('CREDENTIAL_INVALID')
}
