import type { Bus } from '../ports.ts'
import type { Authorized, PasswordNeeded, Store, User } from '../store/port.ts'
import { refusal } from './refusals.ts'
import type { Caller } from './types.ts'

/** Where every way in ends. */
export interface NewLogins {
  /**
   * The user who is signed in now. The user's other sessions hear of it once, whatever is repeated.
   * @throws {RpcError} SESSION_PASSWORD_NEEDED
   */
  finish(outcome: Authorized | PasswordNeeded, caller: Pick<Caller, 'authKeyId'>): Promise<User>
}

/** The end of every way in, on these parts. */
export function createNewLogins({
  store,
  bus,
}: {
  readonly store: Pick<Store, 'users'>
  readonly bus: Bus
}): NewLogins {
  return {
    async finish(outcome, { authKeyId }) {
      if (outcome.kind === 'passwordNeeded') throw refusal('SESSION_PASSWORD_NEEDED')
      const { user, hash, fresh } = outcome
      if (!fresh) return user
      const session = (await store.users.sessions(user.id)).find((each) => each.hash === hash)
      // Ended again already: there is nothing to tell.
      if (session === undefined) return user
      const unconfirmed = session.unconfirmed
        ? { device: session.client?.deviceModel ?? '', location: session.ip }
        : undefined
      const update = { kind: 'newAuthorization', hash, unconfirmed } as const
      bus.publish('userUpdate', { userId: user.id, exceptAuthKeyId: authKeyId, update })
      return user
    },
  }
}
