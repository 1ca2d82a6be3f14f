import { ownIdOfMessage } from '../../rules/messages/received.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import type { MessageName } from './words.ts'

/** The id of a message in somebody's own box. @throws {RpcError} MESSAGE_ID_INVALID if it is not there */
export async function ownIdOf(on: OnConsole, actor: Actor, message: MessageName): Promise<number> {
  if (typeof message === 'number') return message
  const { account, caller } = actor
  const { id, boxId } = message
  return BigInt(boxId) === account.id ? id : await ownIdOfMessage(on, caller, { boxId: BigInt(boxId), id })
}

/** The ids of messages in somebody's own box, as {@link ownIdOf}. */
export async function ownIdsOf(
  on: OnConsole,
  actor: Actor,
  messages: readonly MessageName[],
): Promise<number[]> {
  return await Promise.all(messages.map((message) => ownIdOf(on, actor, message)))
}
