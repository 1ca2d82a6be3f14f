import { type OnConsole, people, peopleSchemas as schemas } from '../console/index.ts'
import type { Acting } from './acting.ts'
import { check } from './calls.ts'
import { nameOf } from './named.ts'
import type { Named, Person } from './people-api.ts'

type GroupCalls = Pick<Person, 'createGroup' | 'add' | 'remove' | 'promote' | 'link' | 'join' | 'leave'>

const NAMES = { chat: 'group', user: 'user', on: 'isAdmin' } as const

/** The calls of somebody about groups. */
export function groupCalls(on: OnConsole, act: Acting): GroupCalls {
  return {
    createGroup: act(async (actor, title, members) => {
      const names = Array.isArray(members) ? members.map(nameOf) : members
      const group = check(schemas.newGroup, { title, with: names }, 'group', {
        title: 'title',
        with: 'members',
      })
      return await people.createGroupAs(on, actor, group)
    }),
    add: act(async (actor, chat, user) => await people.addAs(on, actor, memberOf(chat, user))),
    remove: act(async (actor, chat, user) => await people.removeAs(on, actor, memberOf(chat, user))),
    promote: act(async (actor, chat, user, isAdmin = true) => {
      const change = { ...memberOf(chat, user), on: isAdmin }
      await people.promoteAs(on, actor, check(schemas.adminChange, change, 'change', NAMES))
    }),
    link: act(async (actor, chat, options = {}) => {
      const link = check(schemas.newLink, { ...options, chat: nameOf(chat) }, 'options', NAMES)
      return (await people.linkAs(on, actor, link)).link
    }),
    join: act(
      async (actor, link) =>
        await people.joinAs(on, actor, check(schemas.join, { link }, 'join', { link: 'link' })),
    ),
    leave: act(async (actor, chat) => {
      await people.leaveAs(on, actor, check(schemas.leaving, { chat: nameOf(chat) }, 'leaving', NAMES))
    }),
  }
}

function memberOf(chat: Named, user: Named) {
  return check(schemas.memberChange, { chat: nameOf(chat), user: nameOf(user) }, 'change', NAMES)
}
