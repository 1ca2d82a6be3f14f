import { bool, int, isNull, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import type { Secret } from '../../database/secret.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { findBirthday } from './decide-birthdays.ts'
import { findBlocks } from './decide-blocks.ts'
import { findNote } from './decide-contact-notes.ts'
import { findWhoHave } from './decide-contacts.ts'
import { findAllows } from './decide-people.ts'
import { hidesReadTimes } from './decide-read-privacy.ts'
import type { ChatBar, FullPerson } from './words.ts'

const find = sql`
  SELECT u.about, u.is_bot, c.phone AS contact_phone, coalesce(d.is_bar_hidden, 0) AS is_bar_hidden,
    coalesce(d.folder_id, 0) AS folder_id,
    coalesce((SELECT max(m.id) FROM messages m
      WHERE m.box_id = :viewerId AND m.peer_id = u.id AND m.is_pinned = 1), 0) AS pinned_id
  FROM users u
  LEFT JOIN contacts c ON c.user_id = :viewerId AND c.contact_id = u.id AND c.contact_id > 0
  LEFT JOIN dialogs d ON d.box_id = :viewerId AND d.peer_id = u.id
  WHERE u.id = :userId`
const countCommon = sql`
  SELECT count(*) AS n FROM chat_members mine
  JOIN chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.user_id = :userId
    AND theirs.${IS_IN}
  WHERE mine.user_id = :viewerId AND mine.${IS_IN}`

const findOwnAbout = sql`SELECT about FROM users WHERE id = :userId`

const NOTHING: ChatBar = { mayReportSpam: false, mayAddContact: false, mayBlock: false, maySharePhone: false }
const UNKNOWN: FullPerson = {
  about: '',
  isBlocked: false,
  bar: NOTHING,
  commonGroups: 0,
  pinnedId: 0,
  folderId: 0,
}
const FOR_STRANGERS: ChatBar = {
  mayReportSpam: true,
  mayAddContact: true,
  mayBlock: true,
  maySharePhone: false,
}

/** A profile, as somebody sees it. */
export function* findFullPerson(secret: Secret, viewerId: bigint, userId: bigint): Decision<FullPerson> {
  const row = yield* find.row({ viewerId, userId })
  if (row === undefined) return UNKNOWN
  const { isBlocking } = yield* findBlocks(viewerId, userId)
  const isSelf = viewerId === userId
  const hasViewer = (yield* findWhoHave(viewerId, [userId])).size > 0
  const allows = yield* findAllows([userId, viewerId])
  const viewer = { userId: viewerId, isBot: false, isContact: hasViewer }
  const isContact = !isNull(row, 'contact_phone')
  const isPhoneShown = allows('phone', viewerId, { userId, isBot: false, isContact })
  const isShown = isSelf || allows('about', userId, viewer)
  const isBot = bool(row, 'is_bot')
  const isQuiet = isSelf || isBot || isBlocking || bool(row, 'is_bar_hidden') || userId === SERVICE_USER.id
  const bar = isContact ? { ...NOTHING, maySharePhone: !isPhoneShown && !hasViewer } : FOR_STRANGERS
  const showsBirthday = !isBot && (isSelf || allows('birthday', userId, viewer))
  const common = isSelf ? undefined : yield* countCommon.row({ viewerId, userId })
  return {
    about: isBot || isShown ? text(row, 'about') : '',
    birthday: showsBirthday ? yield* findBirthday(userId) : undefined,
    note: isContact ? yield* findNote(secret, viewerId, userId) : undefined,
    hidesReadTimes: !isSelf && (yield* hidesReadTimes(userId, viewerId)),
    isBlocked: isBlocking,
    bar: isQuiet ? NOTHING : bar,
    commonGroups: common === undefined ? 0 : int(common, 'n'),
    pinnedId: int(row, 'pinned_id'),
    folderId: int(row, 'folder_id'),
  }
}

/** The description that somebody gives of themselves, whoever may see it. */
export function* findAbout(userId: bigint): Decision<string> {
  const row = yield* findOwnAbout.row({ userId })
  return row === undefined ? '' : text(row, 'about')
}
