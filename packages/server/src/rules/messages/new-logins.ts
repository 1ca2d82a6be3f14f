import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { shownDevice } from '../accounts/device-name.ts'
import type { Authorized, PasswordNeeded, Session, User } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'
import { createMessages } from './messages.ts'
import { serviceMessage } from './service-chat.ts'

/** Where every way in ends. */
export interface NewLogins {
  /**
   * The user who is signed in now. A login that nobody has confirmed leaves one message, whatever is repeated.
   * @throws {RpcError} SESSION_PASSWORD_NEEDED
   */
  finish(outcome: Authorized | PasswordNeeded, caller: Pick<Caller, 'authKeyId'>): Promise<User>
}

const TITLE = 'New login'

/** The end of every way in, on these parts. */
export function createNewLogins(parts: Pick<Ground, 'store' | 'bus' | 'settings'>): NewLogins {
  const { store } = parts
  const messages = createMessages(parts)

  /** A message in the service chat, for those who are away now; once for each login, by its hash. */
  async function warn({ userId, hash, client, ip, createdAtS }: Session): Promise<void> {
    const device = shownDevice(client).model
    const text =
      `${TITLE}: somebody has logged in to your account, on ${device || 'an unknown device'}, from ${ip}.\n\n` +
      'If it was not you, end that login in the settings of your app, and set a password for your account.'
    await messages.deliver(userId, serviceMessage({ text, bold: TITLE, dateS: createdAtS, randomId: hash }))
  }

  return {
    async finish(outcome) {
      if (outcome.kind === 'passwordNeeded') throw refusal('SESSION_PASSWORD_NEEDED')
      const { user, hash, fresh } = outcome
      if (!fresh) return user
      const session = (await store.users.sessions(user.id)).find((each) => each.hash === hash)
      // Ended again already: there is nothing to tell.
      if (session === undefined) return user
      if (session.unconfirmed) await warn(session)
      return user
    },
  }
}
