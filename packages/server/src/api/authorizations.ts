import { listedAuthorization } from './authorization.ts'
import type { Handler } from './handler.ts'

/** The account's logins, the one that asks first. */
export const getAuthorizations: Handler<'account.getAuthorizations'> = async (_request, context) => {
  const { domain, caller, nowS } = context
  const { logins, ownHash, ttlDays } = await domain.authorizations.list(caller)
  const listed = logins.map((login) => {
    const isOwn = login.hash === ownHash && !login.passwordPending
    return listedAuthorization(login, isOwn, nowS)
  })
  const authorizations = [
    ...listed.filter(({ current }) => current),
    ...listed.filter(({ current }) => !current),
  ]
  return { _: 'account.authorizations', authorizationTtlDays: ttlDays, authorizations }
}

/** Ends another login. */
export const resetAuthorization: Handler<'account.resetAuthorization'> = async ({ hash }, context) => {
  await context.domain.authorizations.end(context.caller, hash)
  return true
}

/** Ends all other logins. */
export const resetAuthorizations: Handler<'auth.resetAuthorizations'> = async (_request, context) => {
  await context.domain.authorizations.endOthers(context.caller)
  return true
}

/** Says of a login that it is one's own, or what it may not be asked for. */
export const changeAuthorizationSettings: Handler<'account.changeAuthorizationSettings'> = async (
  { hash, confirmed, encryptedRequestsDisabled, callRequestsDisabled },
  { domain, caller },
) => {
  await domain.authorizations.change(caller, {
    hash,
    confirmed: confirmed === true,
    encryptedRequestsDisabled,
    callRequestsDisabled,
  })
  return true
}

/** After how many days without a request the account's logins end. */
export const setAuthorizationTtl: Handler<'account.setAuthorizationTTL'> = async (
  { authorizationTtlDays },
  { domain, caller },
) => {
  await domain.authorizations.setTtlDays(caller, authorizationTtlDays)
  return true
}

/** Logins to websites: this server has no widget that makes any. */
export const getWebAuthorizations: Handler<'account.getWebAuthorizations'> = () => ({
  _: 'account.webAuthorizations',
  authorizations: [],
  users: [],
})
