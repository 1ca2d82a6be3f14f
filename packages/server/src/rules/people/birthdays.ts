import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { type ContactBirthday, keepBirthday, listBirthdays } from './decide-birthdays.ts'
import { changerOf } from './profiles.ts'
import type { Birthday } from './words.ts'

const DAY_S = 86_400
const OLDEST_YEAR = 1800
/** A leap year: the 29th of February is a birthday, too. */
const ANY_YEAR = 2000

/** Says when the caller was born, or takes that away. @throws {RpcError} BIRTHDAY_INVALID */
export async function updateBirthday(
  on: Ground,
  caller: Caller,
  birthday: Birthday | undefined,
): Promise<void> {
  const userId = requireUserId(caller.state)
  const by = changerOf(on, caller, userId)
  if (birthday !== undefined && !isPast(birthday, by.nowS)) throw refusal('BIRTHDAY_INVALID')
  await on.store.decide(() => keepBirthday(by, birthday))
}

/** The caller's contacts who have their birthday yesterday, today or tomorrow, as far as they show it. */
export async function contactBirthdays(
  { store, clock }: Ground,
  { state }: Caller,
): Promise<ContactBirthday[]> {
  const userId = requireUserId(state)
  const nowS = Math.floor(clock.nowMs() / 1000)
  const days = [nowS - DAY_S, nowS, nowS + DAY_S].map(dayOf)
  const found = await store.look(() => listBirthdays(userId))
  return found.filter(({ birthday }) =>
    days.some(({ day, month }) => day === birthday.day && month === birthday.month),
  )
}

function dayOf(atS: number): Birthday {
  const date = new Date(atS * 1000)
  return { day: date.getUTCDate(), month: date.getUTCMonth() + 1 }
}

function isPast({ day, month, year }: Birthday, nowS: number): boolean {
  const date = new Date(Date.UTC(year ?? ANY_YEAR, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return false
  return year === undefined || (year >= OLDEST_YEAR && date.getTime() <= nowS * 1000)
}
