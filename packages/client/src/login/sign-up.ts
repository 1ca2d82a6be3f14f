import type { MessageEntity } from '@cablegram/tl/api'
import type { LoginActions } from './actions.ts'
import { isRestart, type LoginContext } from './context.ts'
import { renewCode } from './phone.ts'
import { problemOf, refusalIn } from './problem.ts'
import type { LoginState, PlainEntity, PlainTerms, WaitSignUp } from './states.ts'
import type { TermsOfService } from './surface.ts'

/** The limit of Telegram's own apps. */
const MAX_NAME_LENGTH = 64

/** The number is confirmed and has no account. */
export function onSignUpRequired(
  { phoneNumber, phoneCodeHash }: Pick<WaitSignUp, 'phoneNumber' | 'phoneCodeHash'>,
  terms: TermsOfService | undefined,
): WaitSignUp {
  const termsOfService = terms && plainTerms(terms)
  return { at: 'waitSignUp', phoneNumber, phoneCodeHash, termsOfService }
}

/** Makes the account, and signs in. Names are cut at 64 characters. */
export async function signUp(
  ctx: LoginContext,
  state: WaitSignUp,
  { firstName, lastName = '', noJoinedNotifications }: LoginActions['waitSignUp']['signUp'],
): Promise<LoginState> {
  const { phoneNumber, phoneCodeHash } = state
  const names = { firstName: cut(firstName), lastName: cut(lastName) }
  const silent = noJoinedNotifications ? { noJoinedNotifications } : {}
  try {
    return ctx.authorized(await ctx.client.auth.signUp({ phoneNumber, phoneCodeHash, ...names, ...silent }))
  } catch (error) {
    const refusal = refusalIn(error)
    if (refusal.type === 'FIRSTNAME_INVALID' || refusal.type === 'LASTNAME_INVALID') {
      return { ...state, problem: problemOf(refusal) }
    }
    if (!isRestart(refusal) && !NEW_CODE.has(refusal.type)) throw refusal
    return renewCode(ctx, phoneNumber, refusal)
  }
}

/** The number must be confirmed again, or has an account by now: ask for a new code. */
const NEW_CODE = new Set([
  'PHONE_CODE_EMPTY',
  'PHONE_CODE_EXPIRED',
  'PHONE_CODE_INVALID',
  'PHONE_NUMBER_OCCUPIED',
])

function cut(name: string): string {
  return [...name.trim()].slice(0, MAX_NAME_LENGTH).join('')
}

function plainTerms(terms: TermsOfService): PlainTerms {
  return { ...terms, entities: terms.entities.filter(isPlain) }
}

function isPlain(entity: MessageEntity): entity is PlainEntity {
  return !('userId' in entity || 'documentId' in entity)
}
