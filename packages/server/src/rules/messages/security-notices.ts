import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { serviceMessage } from './service-message.ts'
import type { Notice } from './words.ts'

/** An event that the owner of an account has to know of at once, because it may be a thief's doing. */
export type SecurityEvent =
  /** Somebody asked who is not signed in. */
  | { readonly kind: 'loginEmailResetAsked'; readonly email: string; readonly untilMs: number }
  | { readonly kind: 'loginEmailRemoved'; readonly email: string }
  | { readonly kind: 'loginEmailChanged'; readonly email: string }
  | { readonly kind: 'passwordSet' | 'passwordChanged' | 'passwordRemoved' | 'passwordReset' }
  | { readonly kind: 'recoveryEmailChanged' | 'recoveryEmailRemoved' }
  | { readonly kind: 'recoveryAsked'; readonly email: string }
  /** The password was lost, and the code of a recovery mail put another one, or none, in its place. */
  | { readonly kind: 'passwordRecovered' }
  | { readonly kind: 'passkeyAdded' | 'passkeyRemoved' }
  /** The owner can call these two off until then. */
  | { readonly kind: 'passwordResetAsked' | 'deletionAsked'; readonly untilMs: number }

/**
 * Prepares the notices of one request. The notice of an event is a message to the account, to be written in the decision
 * that it tells of: see `withNotice`.
 */
export function noticesBy(
  { clock, random }: Ground,
  { ip, digest }: Pick<Caller, 'ip' | 'digest'>,
): (userId: bigint, event: SecurityEvent) => Notice {
  const nowMs = clock.nowMs()
  const dateS = Math.floor(nowMs / 1000)
  const ownId = randomLong(random)
  return (userId, event) => {
    const { bold, more, advice } = wordsOf(event, nowMs)
    const text = `${bold}.${more === '' ? '' : ` ${more}`} The request came from ${ip}.\n\nIf it was not you: ${advice}`
    const randomId = REPEATED.has(event.kind) ? idOf(digest()) : ownId
    return { userId, message: serviceMessage({ text, bold, dateS, randomId }) }
  }
}

/** Events of requests that come again if their answer was lost: such a request has the same bytes, and no other has. */
const REPEATED: ReadonlySet<SecurityEvent['kind']> = new Set<SecurityEvent['kind']>([
  'passwordSet',
  'passwordChanged',
  'passwordRemoved',
  'recoveryEmailRemoved',
  'passkeyAdded',
  'passkeyRemoved',
])

/** One message for one request: a box has each random id once. */
function idOf(requestDigest: Uint8Array): bigint {
  const hash = createHash('sha256').update('security notice').update(requestDigest).digest()
  return hash.readBigInt64LE()
}

interface Words {
  /** The event, without a full stop. */
  readonly bold: string
  readonly more: string
  /** Advice to an owner who did not do it. */
  readonly advice: string
}

const THROW_OUT = 'end the logins that you do not know in the settings of your app'

function wordsOf(event: SecurityEvent, nowMs: number): Words {
  switch (event.kind) {
    case 'loginEmailResetAsked':
      return {
        bold: `Somebody asked to remove the login e-mail ${emailPattern(event.email)} from your account`,
        more: `It will be removed in ${daysTo(event.untilMs, nowMs)}, and login codes then come to your phone.`,
        advice:
          'confirm a login e-mail in the settings of your app, or log in with a code from that e-mail. Either one calls it off.',
      }
    case 'loginEmailRemoved':
      return {
        bold: `The login e-mail ${emailPattern(event.email)} was removed from your account`,
        more: 'Login codes come to your phone now.',
        advice: 'set up a login e-mail and a password in the settings of your app.',
      }
    case 'loginEmailChanged':
      return {
        bold: `Login codes of your account go to ${emailPattern(event.email)} now`,
        more: '',
        advice: `${THROW_OUT}, and change the login e-mail.`,
      }
    case 'passwordResetAsked':
      return {
        bold: 'Somebody asked to remove the password of your account',
        more: `It can be removed in ${daysTo(event.untilMs, nowMs)}.`,
        advice: 'decline it in the settings of two-step verification.',
      }
    case 'deletionAsked':
      return {
        bold: 'Somebody who does not know your password asked to delete your account',
        more: `It can be deleted in ${daysTo(event.untilMs, nowMs)}.`,
        advice: 'give your password to call it off: log in somewhere, or change it.',
      }
    case 'recoveryAsked':
      return {
        bold: `Somebody asked for a code to recover the password of your account, at ${emailPattern(event.email)}`,
        more: 'They have a login code of your number already.',
        advice: 'give that code to nobody, and check who can read your SMS and your e-mail.',
      }
    default:
      return { ...CHANGES[event.kind], more: '' }
  }
}

type Change = Exclude<
  SecurityEvent['kind'],
  | 'loginEmailResetAsked'
  | 'loginEmailRemoved'
  | 'loginEmailChanged'
  | 'passwordResetAsked'
  | 'deletionAsked'
  | 'recoveryAsked'
>

const SET_AGAIN = `${THROW_OUT}, and set your password again.`

const CHANGES: { readonly [K in Change]: Pick<Words, 'bold' | 'advice'> } = {
  passwordSet: {
    bold: 'Two-step verification is on: your account has a password',
    advice: `${THROW_OUT}, and ask for the password to be reset.`,
  },
  passwordChanged: {
    bold: 'The password of your account was changed',
    advice: `${THROW_OUT}, and recover your password by e-mail.`,
  },
  passwordRemoved: {
    bold: 'Two-step verification is off: your account has no password any more',
    advice: SET_AGAIN,
  },
  passwordReset: {
    bold: 'The password of your account was removed, as was asked for',
    advice: SET_AGAIN,
  },
  passwordRecovered: {
    bold: 'The password of your account was replaced by a code from your recovery e-mail',
    advice: `${THROW_OUT}, and change the password of that e-mail account.`,
  },
  recoveryEmailChanged: {
    bold: 'The recovery e-mail of your account was changed',
    advice: `${THROW_OUT}, and set your recovery e-mail again.`,
  },
  recoveryEmailRemoved: {
    bold: 'Your account has no recovery e-mail any more',
    advice: `${THROW_OUT}, and set your recovery e-mail again.`,
  },
  passkeyAdded: {
    bold: 'A passkey was added to your account',
    advice: `delete it in the settings of your app, and ${THROW_OUT}.`,
  },
  passkeyRemoved: { bold: 'A passkey of your account was deleted', advice: `${THROW_OUT}.` },
}

const DAY_MS = 86_400_000

function daysTo(untilMs: number, nowMs: number): string {
  const days = Math.max(1, Math.ceil((untilMs - nowMs) / DAY_MS))
  return days === 1 ? 'a day' : `${days} days`
}
