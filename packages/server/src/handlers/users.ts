import type { InputUser } from '@cablegram/tl/api'
import { refusal } from '../domain/index.ts'
import type { User } from '../store/index.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { botUser, selfUser } from './self-user.ts'

const MAX_USERS = 200

/** Users by their ids: so far everybody knows only themselves and the bots. */
export const getUsers: Handler<'users.getUsers'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_USERS) throw refusal('LIMIT_INVALID')
  const self = await context.requireUser()
  const botOf = await findBots(ids, context)
  return ids.map((id) => {
    if (isSelf(id, self.id)) return selfUser(self, context.nowS)
    const bot = botOf(id)
    return bot === undefined ? { _: 'userEmpty', id: 'userId' in id ? id.userId : 0n } : botUser(bot)
  })
}

/** Everything about a user: so far about oneself and bots. */
export const getFullUser: Handler<'users.getFullUser'> = async ({ id }, context) => {
  const self = await context.requireUser()
  const user = isSelf(id, self.id) ? self : (await findBots([id], context))(id)
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
    users: [user === self ? selfUser(self, context.nowS) : botUser(user)],
  }
}

/** Finds the bots among them; who does not know a bot's access hash does not know the bot. */
async function findBots(
  ids: readonly InputUser[],
  { domain }: HandlerContext,
): Promise<(id: InputUser) => User | undefined> {
  const asked = new Set(ids.flatMap((id) => (id._ === 'inputUser' ? [id.userId] : [])))
  const bots = (await domain.accounts.byIds([...asked])).filter(({ isBot }) => isBot)
  return (id) =>
    bots.find((bot) => id._ === 'inputUser' && bot.id === id.userId && bot.accessHash === id.accessHash)
}

function isSelf(id: InputUser, selfId: bigint): boolean {
  return id._ === 'inputUserSelf' || (id._ === 'inputUser' && id.userId === selfId)
}
