import type { Results } from '@cablegram/tl/api'
import { type Message, messageOf } from '../message/message.ts'
import { chatsIn } from '../peers/views.ts'
import type { MethodClient } from './method-client.ts'

/** Messages in one call. */
export const PAGE = 100

/** A page of messages. */
export interface MessagePage {
  readonly messages: readonly Message[]
  /** Numbers of all messages of the answer, also of those that are gone. */
  readonly ids: readonly number[]
  /** The answer had everything that there is. */
  readonly isWhole: boolean
}

/** The messages of an answer. */
export function pageOf(client: MethodClient, answer: Results['messages.getHistory']): MessagePage {
  if (answer._ === 'messages.messagesNotModified') return { messages: [], ids: [], isWhole: true }
  const findChat = chatsIn(answer, client.peers)
  const views = answer.messages.map((raw) => messageOf(raw, findChat, client.peers.selfId))
  return {
    messages: views.filter((view) => view !== undefined),
    ids: answer.messages.map(({ id }) => id),
    isWhole: answer._ === 'messages.messages',
  }
}
