import { orAborted } from '../or-aborted.ts'
import { unsupported } from './context.ts'
import { createLogin, type Login } from './machine.ts'
import { orEnded } from './or-ended.ts'
import type { PromptedOptions } from './prompted-options.ts'
import type { AuthorizedUser, FaceClient } from './surface.ts'

/** The surroundings of a login that a face shows. */
export interface FaceSurroundings {
  readonly client: FaceClient
  /** Aborts when the login ends without the face: it takes itself away then. */
  readonly signal: AbortSignal
}

/**
 * A face of a login, such as `loginForm()`: shows each state, takes actions with `login.act`, and resolves when the login
 * is over.
 */
export type LoginFace = (login: Login, surroundings: FaceSurroundings) => Promise<void>

/** Signs in through a face. @throws UsageError LOGIN_UNSUPPORTED if the person gave up */
export async function signInBy(
  client: FaceClient,
  face: LoginFace,
  options: PromptedOptions,
): Promise<AuthorizedUser> {
  const machine = await orAborted(createLogin(client, options), [options.signal])
  const over = new AbortController()
  try {
    if (machine.user) return machine.user
    const running = face(machine, { client, signal: over.signal })
    await orEnded(machine, running, [options.signal, client.closed])
    if (machine.user) return machine.user
    throw unsupported('it was given up')
  } finally {
    over.abort()
    machine.close()
  }
}
