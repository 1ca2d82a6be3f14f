import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { ownIdOf } from './decide-copies.ts'
import { newestId, nextReceived, type ReceivedFilter } from './decide-received.ts'
import type { Message } from './words.ts'

/** The first message that the caller received after another one; undefined if there is none yet. */
export async function nextReceivedOf(
  { store }: Ground,
  { state }: Caller,
  filter: ReceivedFilter,
): Promise<Message | undefined> {
  const userId = requireUserId(state)
  return await store.look(() => nextReceived(store.secret, userId, filter))
}

/** The id of the caller's newest message, their own included; 0 if they have none. */
export async function newestIdOf({ store }: Ground, { state }: Caller): Promise<number> {
  const userId = requireUserId(state)
  return await store.look(() => newestId(userId))
}

/** The id under which the caller has a message of somebody else's box. @throws {RpcError} MESSAGE_ID_INVALID if they have not */
export async function ownIdOfMessage(
  { store }: Ground,
  { state }: Caller,
  other: { readonly boxId: bigint; readonly id: number },
): Promise<number> {
  const userId = requireUserId(state)
  const id = await store.look(() => ownIdOf(userId, other))
  if (id === undefined) throw refusal('MESSAGE_ID_INVALID')
  return id
}
