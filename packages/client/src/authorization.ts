/** A login found in an answer: the client is signed in now, as this user. */
export interface LearnedLogin {
  readonly userId: bigint
  /** For the next login with this number. */
  readonly logoutToken: Uint8Array | undefined
}

/**
 * Finds the authorization in an answer, be it the answer or inside one (`auth.sentCodeSuccess`,
 * `auth.loginTokenSuccess`), so that the session knows who is signed in whichever method did it.
 */
export function learnLogin(result: unknown): LearnedLogin | undefined {
  if (!isObject(result)) return undefined
  if (isObject(result['authorization'])) return learnLogin(result['authorization'])
  const { _: name, user } = result
  if (name !== 'auth.authorization' || !isObject(user) || typeof user['id'] !== 'bigint') return undefined
  return { userId: user['id'], logoutToken: tokenIn(result) }
}

/** Finds out whether an answer is that of `auth.logOut`: nobody is signed in any more. */
export function learnLogout(result: unknown): Pick<LearnedLogin, 'logoutToken'> | undefined {
  if (!isObject(result) || result['_'] !== 'auth.loggedOut') return undefined
  return { logoutToken: tokenIn(result) }
}

/** The own user in the answer of `users.getUsers`, which tells a session of another library who is signed in. */
export function learnSelf(result: unknown): bigint | undefined {
  const user: unknown = Array.isArray(result) ? result[0] : undefined
  const isSelf = isObject(user) && user['_'] === 'user' && user['self'] === true
  return isSelf && typeof user['id'] === 'bigint' ? user['id'] : undefined
}

function tokenIn({ futureAuthToken }: Record<string, unknown>): Uint8Array | undefined {
  return futureAuthToken instanceof Uint8Array ? futureAuthToken : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
