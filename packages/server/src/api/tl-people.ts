import type { Birthday as TlBirthday, User as TlUser, UserStatus } from '@cablegram/tl/api'
import type { User } from '../rules/accounts/words.ts'
import { SERVICE_USER } from '../rules/index.ts'
import type { Birthday, SeenPerson, SeenStatus } from '../rules/people/words.ts'
import { accessHashOf, type HashGround, SERVICE_HASH } from './access-hash.ts'
import { tlAvatar } from './tl-avatar.ts'

/** Time that a client counts as online after a request; help.getConfig has the same. */
export const ONLINE_FOR_S: number = 300

/** Somebody to whom users are shown. */
export interface TlViewer {
  readonly on: HashGround
  readonly viewerId: bigint
  /** Unix seconds on the wall clock. */
  readonly nowS: number
}

/** A user as the viewer sees them. */
export function tlPerson(person: SeenPerson, { on, viewerId, nowS }: TlViewer): TlUser {
  const { id } = person
  const accessHash = accessHashOf(on, viewerId, id)
  switch (person.kind) {
    case 'deleted':
      return { _: 'user', deleted: true, id, accessHash }
    case 'service':
      return serviceUser()
    case 'bot':
      return {
        ...named(person, accessHash),
        bot: true,
        ...(person.readsAll && { botChatHistory: true }),
        ...(!person.joinsGroups && { botNochats: true }),
        // Clients ask for a bot's description again when this grows.
        botInfoVersion: person.infoVersion,
      }
    case 'person':
      return {
        ...named(person, accessHash),
        ...(person.isMutualContact && { mutualContact: true }),
        ...(person.phone !== undefined && { phone: person.phone }),
        status: tlStatus(person.status, nowS),
      }
  }
}

type Named = Extract<SeenPerson, { kind: 'person' | 'bot' }>

function named(person: Named, accessHash: bigint): Extract<TlUser, { _: 'user' }> {
  const { id, firstName, lastName, username, avatar } = person
  return {
    _: 'user',
    ...(person.isSelf && { self: true }),
    ...(person.isContact && { contact: true }),
    id,
    accessHash,
    firstName,
    ...(lastName !== '' && { lastName }),
    ...(username !== undefined && { username }),
    ...(avatar !== undefined && { photo: { _: 'userProfilePhoto', ...tlAvatar(avatar) } }),
  }
}

/** A birthday in TL. */
export function tlBirthday({ day, month, year }: Birthday): TlBirthday {
  return { _: 'birthday', day, month, ...(year !== undefined && { year }) }
}

/** A status in TL. @param nowS on the wall clock; the rules' clock may be ahead of it */
export function tlStatus(status: SeenStatus, nowS: number): UserStatus {
  switch (status.kind) {
    case 'online':
      return { _: 'userStatusOnline', expires: nowS + status.forS }
    case 'offline':
      return { _: 'userStatusOffline', wasOnline: Math.min(status.lastSeenAtS, nowS) }
    case 'longAgo':
      return { _: 'userStatusEmpty' }
    case 'recently':
    case 'lastWeek':
    case 'lastMonth':
      return { _: ROUGHLY[status.kind], ...(status.isByOwn && { byMe: true }) }
  }
}

const ROUGHLY = {
  recently: 'userStatusRecently',
  lastWeek: 'userStatusLastWeek',
  lastMonth: 'userStatusLastMonth',
} as const

/** The account that has just signed in, as its owner sees it. */
export function selfUser(user: User, { on, nowS }: Pick<TlViewer, 'on' | 'nowS'>): TlUser {
  const { id, firstName, lastName, username, phone } = user
  const names = { id, firstName, lastName, username, isSelf: true, isContact: false }
  const viewer = { on, viewerId: id, nowS }
  if (user.isBot) {
    return tlPerson({ kind: 'bot', ...names, infoVersion: 1, readsAll: false, joinsGroups: true }, viewer)
  }
  const status = { kind: 'online', forS: ONLINE_FOR_S } as const
  return tlPerson({ kind: 'person', ...names, isMutualContact: false, phone, status }, viewer)
}

/** The service user as everybody sees it. Clients have its id built in, and TDLib its access hash: neither is a secret. */
export function serviceUser(): TlUser {
  const { id, phone, firstName } = SERVICE_USER
  return { _: 'user', verified: true, support: true, id, accessHash: SERVICE_HASH, firstName, phone }
}
