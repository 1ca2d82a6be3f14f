import { refusal } from '../domain/index.ts'
import type { Handler } from './handler.ts'

/** Where the boxes of an account stand that nothing has happened in. */
const START = { pts: 1, qts: 1, seq: 1 } as const

/** Where the account's boxes stand. */
export const getState: Handler<'updates.getState'> = (_request, { nowS }) => ({
  _: 'updates.state',
  ...START,
  date: nowS,
  unreadCount: 0,
})

/** What a client has missed since a state it had: nothing. */
export const getDifference: Handler<'updates.getDifference'> = ({ pts, date }, { nowS }) => {
  if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
  if (pts < 0 || pts > START.pts) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  if (date === 0) throw refusal('DATE_EMPTY')
  return { _: 'updates.differenceEmpty', date: nowS, seq: START.seq }
}
