import { shownDevice } from '../accounts/device-name.ts'
import type { Session } from '../accounts/words.ts'
import { serviceMessage } from './service-message.ts'
import type { NewMessage } from './words.ts'

const TITLE = 'New login'

/** The message about a login that nobody has confirmed, for sessions that are away now; once for each login, by its hash. */
export function loginWarning({ hash, client, ip, createdAtS }: Session): NewMessage {
  const device = shownDevice(client).model
  const text =
    `${TITLE}: somebody has logged in to your account, on ${device || 'an unknown device'}, from ${ip}.\n\n` +
    'If it was not you, end that login in the settings of your app, and set a password for your account.'
  return serviceMessage({ text, bold: TITLE, dateS: createdAtS, randomId: hash })
}
