import type { StateStorage } from './state.ts'

/** The part of a session's state that belongs to the account that is signed in. Opens the session when it is used. */
export type AccountState = Pick<StateStorage, 'get' | 'write'>

/**
 * Access hashes and counters of one account mean nothing to another one that signs in on the same session.
 *
 * @param learnUserId opens the session, and gives the user who is signed in
 */
export function accountState(
  state: Pick<StateStorage, 'get' | 'write'>,
  learnUserId: () => Promise<bigint | undefined>,
): AccountState {
  const prefix = async (): Promise<string> => `${(await learnUserId()) ?? 0n}/`
  return {
    get: async (key) => await state.get((await prefix()) + key),
    async write(changes) {
      const whose = await prefix()
      await state.write(new Map(Array.from(changes, ([key, value]) => [whose + key, value])))
    },
  }
}
