/**
 * The effect of each method and the answer to its repeat, for `lost-answers.test.ts`. A row prepares
 * everything up to the call; the answer of the call is lost with the server, and the client repeats it to
 * the next one.
 */
import { LOST_ACCOUNT_ANSWERS } from './lost-account-rows.ts'
import { LOST_BOT_ANSWERS } from './lost-bot-rows.ts'
import { LOST_CONTACT_ANSWERS } from './lost-contact-rows.ts'
import { LOST_FILE_ANSWERS } from './lost-file-rows.ts'
import { LOST_GROUP_ANSWERS } from './lost-group-rows.ts'
import { LOST_LOGIN_ANSWERS } from './lost-login-rows.ts'
import { LOST_MESSAGE_ANSWERS } from './lost-message-rows.ts'
import { LOST_PASSWORD_ANSWERS } from './lost-password-rows.ts'
import { METHODS_THAT_READ } from './lost-read-rows.ts'
import { LOST_SAVED_ANSWERS } from './lost-saved-rows.ts'
import { LOST_SCHEDULED_ANSWERS } from './lost-scheduled-rows.ts'
import { LOST_TOKEN_ANSWERS } from './lost-token-rows.ts'
import type { LostAnswerRow } from './lost-world.ts'

/** Every method that the server answers. */
export const LOST_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  ...Object.fromEntries(METHODS_THAT_READ.map((method) => [method, 'reads' as const])),
  ...LOST_LOGIN_ANSWERS,
  ...LOST_TOKEN_ANSWERS,
  ...LOST_PASSWORD_ANSWERS,
  ...LOST_ACCOUNT_ANSWERS,
  ...LOST_CONTACT_ANSWERS,
  ...LOST_MESSAGE_ANSWERS,
  ...LOST_SAVED_ANSWERS,
  ...LOST_SCHEDULED_ANSWERS,
  ...LOST_FILE_ANSWERS,
  ...LOST_GROUP_ANSWERS,
  ...LOST_BOT_ANSWERS,
}
