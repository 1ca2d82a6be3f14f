import { refusal } from '../rules/index.ts'
import type { Handler } from './handler.ts'
import { findUsers, toTlUser } from './known-users.ts'

const MAX_USERS = 200

/** Gives users by their ids. */
export const getUsers: Handler<'users.getUsers'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_USERS) throw refusal('LIMIT_INVALID')
  const users = await findUsers(ids, context)
  return Promise.all(
    ids.map((id, index) => {
      const user = users[index]
      return user === undefined
        ? ({ _: 'userEmpty', id: 'userId' in id ? id.userId : 0n } as const)
        : toTlUser(user, context)
    }),
  )
}

/** Gives everything about a user. */
export const getFullUser: Handler<'users.getFullUser'> = async ({ id }, context) => {
  const [user] = await findUsers([id], context)
  if (user === undefined) throw refusal('USER_ID_INVALID')
  return {
    _: 'users.userFull',
    fullUser: {
      _: 'userFull',
      id: user.id,
      settings: { _: 'peerSettings' },
      notifySettings: { _: 'peerNotifySettings' },
      commonChatsCount: 0,
      ...(user.isBot && { botInfo: { _: 'botInfo', userId: user.id } }),
    },
    chats: [],
    users: [await toTlUser(user, context)],
  }
}
