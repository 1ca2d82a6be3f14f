import type { InputUser, UserFull } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import { profilePhotosOf } from '../rules/avatars/avatars.ts'
import { botPage } from '../rules/bots/bots.ts'
import { hasWaiting } from '../rules/chats/scheduled/queue.ts'
import { notifySettingsOf } from '../rules/dialogs/notify.ts'
import { refusal } from '../rules/index.ts'
import { fullPersonOf } from '../rules/people/full-people.ts'
import { metUsers } from '../rules/people/peers.ts'
import { isAccessHash } from './access-hash.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { seenUsers } from './peer-book.ts'
import { isId, knownUserIdOf, userIdOf } from './peers.ts'
import { tlPeerSettings } from './people-answers.ts'
import { viewerIn } from './side-view.ts'
import { langOf, tlBotInfo, tlRights } from './tl-bots.ts'
import { photosOf, tlPhoto } from './tl-files.ts'
import { tlNote } from './tl-notes.ts'
import { tlNotifySettings } from './tl-notify.ts'
import { tlBirthday } from './tl-people.ts'

const MAX_USERS = 200

/** Gives users by their ids. */
export const getUsers: Handler<'users.getUsers'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_USERS) throw refusal('LIMIT_INVALID')
  const met = await metIn(ids, context)
  const userIds = await Promise.all(
    ids.map(async (id) => {
      if (!isBare(id)) return await knownUserIdOf(id, context)
      return met.has(id.userId) ? id.userId : undefined
    }),
  )
  const known = userIds.filter((userId) => userId !== undefined)
  const users = new Map((await seenUsers(known, context)).map((user) => [user.id, user]))
  return ids.map((id, index) => {
    const user = users.get(userIds[index] ?? 0n)
    return user ?? { _: 'userEmpty', id: 'userId' in id ? id.userId : 0n }
  })
}

type HashedUser = Extract<InputUser, { _: 'inputUser' }>

/** Telethon and mtcute ask so for users whose access hash they have lost: for contacts, and bots for people whom they have met. */
function isBare(id: InputUser): id is HashedUser {
  return id._ === 'inputUser' && id.accessHash === 0n
}

/** Those users whom a client may name without an access hash. */
async function metIn(
  ids: readonly InputUser[],
  { on, caller }: HandlerContext,
): Promise<ReadonlySet<bigint>> {
  const self = requireUserId(caller.state)
  const bare = ids.filter(isBare).map(({ userId }) => userId)
  const named = bare.filter((userId) => isAccessHash(on, self, userId, 0n))
  return new Set([...named, ...(await metUsers(on, self, bare.filter(isId)))])
}

/** Gives everything about a user. */
export const getFullUser: Handler<'users.getFullUser'> = async ({ id }, context) => {
  const userId = await userIdOf(id, context)
  const [user] = await seenUsers([userId], context)
  if (user?._ !== 'user') throw refusal('USER_ID_INVALID')
  const viewerId = requireUserId(context.caller.state)
  const scope = { kind: 'peer', peerId: userId } as const
  const full = await fullPersonOf(context.on, context.caller, userId)
  const { photo, fallback } = await profilePhotosOf(context.on, context.caller, userId)
  const { about, birthday, note, isBlocked, bar, commonGroups, pinnedId, folderId } = full
  return {
    _: 'users.userFull',
    fullUser: {
      _: 'userFull',
      id: userId,
      ...(isBlocked && { blocked: true }),
      ...((await hasWaiting(context.on, context.caller, userId)) && { hasScheduled: true }),
      ...(about !== '' && { about }),
      ...(birthday !== undefined && { birthday: tlBirthday(birthday) }),
      ...(note !== undefined && { note: tlNote(note) }),
      ...(full.hidesReadTimes && { readDatesPrivate: true }),
      ...(pinnedId !== 0 && { pinnedMsgId: pinnedId }),
      ...(folderId !== 0 && { folderId }),
      canPinMessage: true,
      ...(photo && { profilePhoto: tlPhoto(photo, viewerIn(context), photosOf(userId)) }),
      ...(fallback && { fallbackPhoto: tlPhoto(fallback, viewerIn(context), photosOf(userId)) }),
      settings: tlPeerSettings(bar),
      notifySettings: tlNotifySettings(await notifySettingsOf(context.on, viewerId, scope)),
      commonChatsCount: commonGroups,
      ...(user.bot === true && (await botFacts(viewerId, userId, context))),
    },
    chats: [],
    users: [user],
  }
}

/** The part of a page that only bots have. */
async function botFacts(
  viewerId: bigint,
  botId: bigint,
  context: HandlerContext,
): Promise<Pick<UserFull, 'botInfo' | 'botGroupAdminRights' | 'botBroadcastAdminRights'>> {
  const page = await botPage(context.on, viewerId, botId, langOf(context))
  if (page === undefined) return {}
  const { inGroups, inChannels } = page.rights
  return {
    botInfo: tlBotInfo(page),
    ...(inGroups !== 0 && { botGroupAdminRights: tlRights(inGroups) }),
    ...(inChannels !== 0 && { botBroadcastAdminRights: tlRights(inChannels) }),
  }
}

/** Tells what it takes to write to users: nothing, for any of them. */
export const getRequirementsToContact: Handler<'users.getRequirementsToContact'> = ({ id: ids }) => {
  return ids.slice(0, MAX_USERS).map(() => ({ _: 'requirementToContactEmpty' }))
}

/** Lists the songs that a user shows in the profile: there are no files here. */
export const getSavedMusic: Handler<'users.getSavedMusic'> = async ({ id }, context) => {
  await userIdOf(id, context)
  return { _: 'users.savedMusic', count: 0, documents: [] }
}
