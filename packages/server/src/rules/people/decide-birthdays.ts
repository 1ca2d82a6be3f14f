import { long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { dropSetting, findSetting, keepSetting } from './decide-account-settings.ts'
import { findWhoHave } from './decide-contacts.ts'
import { findAllows } from './decide-people.ts'
import type { Changer } from './decide-profiles.ts'
import { tellNear } from './decide-told-people.ts'
import type { Birthday } from './words.ts'

const list = sql`
  SELECT s.user_id, s.value FROM contacts c
  JOIN account_settings s ON s.user_id = c.contact_id AND s.name = 'birthday'
  WHERE c.user_id = :userId AND c.contact_id > 0 ORDER BY s.user_id`

/** A contact's birthday. */
export interface ContactBirthday {
  readonly userId: bigint
  readonly birthday: Birthday
}

/** Keeps the birthday of an account, or takes it away. Those near it are told. */
export function* keepBirthday(
  { userId, authKeyId, nowS }: Changer,
  birthday: Birthday | undefined,
): Decision<void> {
  if (birthday === undefined) yield* dropSetting(userId, 'birthday')
  else yield* keepSetting(userId, 'birthday', JSON.stringify(birthday))
  yield* tellNear(userId, { kind: 'user', subject: userId, atS: nowS }, authKeyId)
}

/** The birthday of an account; undefined if it has not said. */
export function* findBirthday(userId: bigint): Decision<Birthday | undefined> {
  const kept = yield* findSetting(userId, 'birthday')
  return kept === undefined ? undefined : JSON.parse(kept)
}

/** The birthdays of somebody's contacts, as far as they show them. */
export function* listBirthdays(userId: bigint): Decision<ContactBirthday[]> {
  const found = (yield* list.rows({ userId })).map((row) => ({
    userId: long(row, 'user_id'),
    birthday: JSON.parse(text(row, 'value')) as Birthday,
  }))
  const ids = found.map((each) => each.userId)
  const allows = yield* findAllows(ids)
  const haveViewer = yield* findWhoHave(userId, ids)
  return found.filter((each) =>
    allows('birthday', each.userId, { userId, isBot: false, isContact: haveViewer.has(each.userId) }),
  )
}
