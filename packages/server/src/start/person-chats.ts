import { type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import { messageOf, nameOf } from './named.ts'
import type { Person } from './people-api.ts'

const NAMES = {
  with: 'chat',
  to: 'chat',
  maxId: 'upTo',
  action: 'action',
  user: 'user',
  on: 'isBlocked',
} as const

/** The calls of somebody about chats. */
export function chatCalls(on: OnConsole, act: Acting): Pick<Person, 'read' | 'type' | 'block' | 'chats'> {
  return {
    read: act(async (actor, chat, upTo) => {
      const reading = { with: nameOf(chat), ...(upTo !== undefined && { maxId: messageOf(upTo) }) }
      await people.readAs(on, actor, check(schemas.reading, reading, 'reading', NAMES))
    }),
    type: act(async (actor, chat, action = 'typing') => {
      await people.typeAs(on, actor, check(schemas.typing, { to: nameOf(chat), action }, 'typing', NAMES))
    }),
    block: act(async (actor, user, isBlocked = true) => {
      const change = { user: nameOf(user), on: isBlocked }
      await people.blockAs(on, actor, check(schemas.blockChange, change, 'change', NAMES))
    }),
    chats: act(async (actor) => await people.listChats(on, actor)),
  }
}
