import { RpcError } from '@cablegram/client'

/** The method that goes on with a login after this answer or error; undefined if none does. */
export function nextMethod(method: string, outcome: unknown): string | undefined {
  if (outcome instanceof RpcError)
    return outcome.type === 'SESSION_PASSWORD_NEEDED' ? 'auth.checkPassword' : undefined
  if (typeof outcome !== 'object' || outcome === null || !('_' in outcome)) return undefined
  if (outcome._ === 'auth.authorizationSignUpRequired') return 'auth.signUp'
  if (outcome._ === 'auth.authorization') return method === 'users.getUsers' ? undefined : 'users.getUsers'
  return outcome._ === 'auth.sentCode' ? 'auth.signIn' : undefined
}
