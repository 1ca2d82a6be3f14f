import type { Decision } from '../../database/decision.ts'
import type { Ground } from '../../ground/ground.ts'
import type { User } from '../accounts/words.ts'
import { boxOf } from '../messages/box-of.ts'
import { appendMessage } from '../messages/decide-append-message.ts'
import { isQuietSignUp } from './decide-account-settings.ts'
import { joinAddressBooks } from './decide-contacts.ts'

/** Boxes that get the message of a sign-up. More people may have the number: they get the contact only. */
const MAX_GREETED = 500

/**
 * Makes a new account a contact of everybody who has its number in their address book, and writes a message about it into
 * their chat with it.
 */
export function* tellOfSignUp(
  { store, settings }: Pick<Ground, 'store' | 'settings'>,
  { id, phone, createdAtS: dateS }: User,
): Decision<void> {
  const userIds = yield* joinAddressBooks(id, phone)
  for (const userId of userIds.slice(0, MAX_GREETED)) {
    const isSilent = yield* isQuietSignUp(userId)
    const action = { kind: 'contactSignUp' } as const
    const content = { text: '', entities: [], action, ...(isSilent && { isSilent }) }
    const message = { ...content, peerId: id, fromId: id, isOut: false, dateS, randomId: userId }
    yield* appendMessage(store.secret, boxOf(settings, userId), message)
  }
}

/** An outcome of a sign-up: with a user who is new, or without one. */
interface SignUpOutcome {
  readonly kind: string
  readonly user?: User
  readonly fresh?: boolean
}

/** The decision of a sign-up, with the news of it for those who have the number. */
export function* withSignUpNews<T extends SignUpOutcome>(
  on: Pick<Ground, 'store' | 'settings'>,
  decision: Decision<T>,
): Decision<T> {
  const outcome = yield* decision
  if (outcome.user !== undefined && outcome.fresh === true) yield* tellOfSignUp(on, outcome.user)
  return outcome
}
