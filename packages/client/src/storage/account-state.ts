import type { StateStorage } from './state.ts'

/** The part of a session's state that belongs to the account that is signed in. Opens the session when it is used. */
export type AccountState = Pick<StateStorage, 'get' | 'write'>

/** The state of a session, by account. */
export interface AccountStates extends AccountState {
  /** The part of one account, whoever is signed in by the time it is used. */
  of(userId: bigint): AccountState
}

/**
 * Access hashes and counters of one account mean nothing to another one that signs in on the same session.
 *
 * @param learnUserId opens the session, and gives the user who is signed in
 */
export function accountState(
  state: Pick<StateStorage, 'get' | 'write'>,
  learnUserId: () => Promise<bigint | undefined>,
): AccountStates {
  const partOf = (whose: () => Promise<bigint>): AccountState => ({
    get: async (key) => await state.get(`${await whose()}/${key}`),
    async write(changes) {
      const prefix = `${await whose()}/`
      await state.write(new Map(Array.from(changes, ([key, value]) => [prefix + key, value])))
    },
  })
  return {
    ...partOf(async () => (await learnUserId()) ?? 0n),
    of: (userId) =>
      partOf(async () => {
        // It opens the session.
        await learnUserId()
        return userId
      }),
  }
}
