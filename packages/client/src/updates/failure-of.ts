import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { DecodeError } from '@cablegram/tl'
import { endedBy } from '../login-end.ts'
import type { Ask, Failure } from './words.ts'

/** The server does not know the state that it was asked with. */
const STATE_INVALID: ReadonlySet<string> = new Set([
  'PERSISTENT_TIMESTAMP_INVALID',
  'PERSISTENT_TIMESTAMP_EMPTY',
  'DATE_EMPTY',
])
/** The account has no business in the channel, or no access hash that is good for it. */
const NO_ACCESS: ReadonlySet<string> = new Set([
  'CHANNEL_PRIVATE',
  'CHANNEL_INVALID',
  'CHANNEL_PUBLIC_GROUP_NA',
  'CHANNEL_FORBIDDEN',
  'CHAT_FORBIDDEN',
  'USER_BANNED_IN_CHANNEL',
  'USER_NOT_PARTICIPANT',
  'FROZEN_PARTICIPANT_MISSING',
])
/** Errors that pass by themselves, though their code is that of a refusal. */
const PASSING: ReadonlySet<string> = new Set(['PERSISTENT_TIMESTAMP_OUTDATED', 'HISTORY_GET_FAILED'])
/** Ends of a connection after which nobody calls any more. */
const ENDS: ReadonlySet<string> = new Set(['CLIENT_CLOSED', 'SESSION_ENDED', 'LOGGED_OUT'])

/** The rule for an error of a request about updates. */
export function failureOf(error: unknown, { of }: Pick<Ask, 'of'>): Failure {
  if (error instanceof DecodeError) return { kind: 'unreadable' }
  if (error instanceof ConnectionError) return ENDS.has(error.code) ? { kind: 'ended' } : { kind: 'later' }
  // The server has not spoken: a storage or a file has failed here, and what it has missed can still be had.
  if (!(error instanceof RpcError)) return { kind: 'later' }
  const { code, type, argument } = error
  if (endedBy(error) !== undefined) return { kind: 'ended' }
  if (code === 420 && argument !== undefined) return { kind: 'wait', waitS: Math.max(argument, 1) }
  if (STATE_INVALID.has(type)) return { kind: 'stateInvalid' }
  if (PASSING.has(type) || code >= 500 || code < 0) return { kind: 'later' }
  if (of === 'channel' && NO_ACCESS.has(type)) return { kind: 'noAccess' }
  return { kind: 'refused' }
}
