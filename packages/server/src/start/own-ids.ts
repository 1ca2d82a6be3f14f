import { type Actor, type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import { check } from './calls.ts'
import type { OfMessage } from './people-api.ts'

/** The id of a message in somebody's own box. */
export async function ownId(on: OnConsole, actor: Actor, message: OfMessage): Promise<number> {
  return await people.ownMessageId(on, actor, check(schemas.ofMessage, message, 'message'))
}

/** The ids of messages in somebody's own box. */
export async function ownIds(
  on: OnConsole,
  actor: Actor,
  messages: OfMessage | readonly OfMessage[],
): Promise<number[]> {
  const ids: number[] = []
  for (const message of isList(messages) ? messages : [messages]) ids.push(await ownId(on, actor, message))
  return ids
}

function isList(messages: OfMessage | readonly OfMessage[]): messages is readonly OfMessage[] {
  return Array.isArray(messages)
}
