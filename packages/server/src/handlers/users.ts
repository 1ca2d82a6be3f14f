import { RpcError } from '@cablegram/mtproto'
import type { InputUser } from '@cablegram/tl/api'
import type { Handler } from './handler.ts'
import { selfUser } from './self-user.ts'

const MAX_USERS = 200

/** Users by their ids: so far everybody knows only themselves. */
export const getUsers: Handler<'users.getUsers'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_USERS) throw new RpcError(400, 'LIMIT_INVALID')
  const self = await context.requireUser()
  return ids.map((id) => {
    if (isSelf(id, self.id)) return selfUser(self, context.nowS)
    return { _: 'userEmpty', id: 'userId' in id ? id.userId : 0n }
  })
}

/** Everything about a user: so far about oneself. */
export const getFullUser: Handler<'users.getFullUser'> = async ({ id }, context) => {
  const self = await context.requireUser()
  if (!isSelf(id, self.id)) throw new RpcError(400, 'USER_ID_INVALID')
  return {
    _: 'users.userFull',
    fullUser: {
      _: 'userFull',
      id: self.id,
      settings: { _: 'peerSettings' },
      notifySettings: { _: 'peerNotifySettings' },
      commonChatsCount: 0,
    },
    chats: [],
    users: [selfUser(self, context.nowS)],
  }
}

function isSelf(id: InputUser, selfId: bigint): boolean {
  return id._ === 'inputUserSelf' || (id._ === 'inputUser' && id.userId === selfId)
}
