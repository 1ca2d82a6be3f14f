import { refusal } from '../rules/index.ts'
import type { Handler } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { knownUserIdOf, userIdOf } from './peers.ts'

const MAX_USERS = 200

/** Gives users by their ids. */
export const getUsers: Handler<'users.getUsers'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_USERS) throw refusal('LIMIT_INVALID')
  const userIds = await Promise.all(ids.map((id) => knownUserIdOf(id, context)))
  const known = userIds.filter((userId) => userId !== undefined)
  const users = new Map((await seenUsers(known, context)).map((user) => [user.id, user]))
  return ids.map((id, index) => {
    const user = users.get(userIds[index] ?? 0n)
    return user ?? { _: 'userEmpty', id: 'userId' in id ? id.userId : 0n }
  })
}

/** Gives everything about a user. */
export const getFullUser: Handler<'users.getFullUser'> = async ({ id }, context) => {
  const userId = await userIdOf(id, context)
  const [user] = await seenUsers([userId], context)
  if (user?._ !== 'user') throw refusal('USER_ID_INVALID')
  return {
    _: 'users.userFull',
    fullUser: {
      _: 'userFull',
      id: userId,
      settings: { _: 'peerSettings' },
      notifySettings: { _: 'peerNotifySettings' },
      commonChatsCount: 0,
      ...(user.bot === true && { botInfo: { _: 'botInfo', userId } }),
    },
    chats: [],
    users: [user],
  }
}
