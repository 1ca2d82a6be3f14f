import { ANY_ERRORS } from '../ground/errors/any.ts'
import type { ErrorRow } from '../ground/errors/row.ts'
import { CONSOLE_ERRORS } from './accounts/console-errors.ts'
import { KEY_ERRORS } from './accounts/errors.ts'
import { AVATAR_ERRORS } from './avatars/errors.ts'
import { BOT_ERRORS } from './bots/errors.ts'
import { ALBUM_ERRORS, CONTENT_ERRORS } from './chats/content-errors.ts'
import { CHAT_ERRORS } from './chats/errors.ts'
import { SCHEDULED_ERRORS } from './chats/scheduled-errors.ts'
import { PHONE_CODE_ERRORS } from './codes/errors.ts'
import { PAYMENT_ERRORS } from './codes/payment-errors.ts'
import { DIALOG_ERRORS } from './dialogs/errors.ts'
import { EMAIL_ERRORS } from './emails/errors.ts'
import { FILE_ERRORS } from './files/errors.ts'
import { GROUP_ERRORS } from './groups/errors.ts'
import { TOKEN_ERRORS } from './logins/errors.ts'
import { TERMS_ERRORS } from './logins/terms-errors.ts'
import { MESSAGE_ERRORS } from './messages/errors.ts'
import { TWO_STEP_ERRORS } from './passwords/errors.ts'
import { PEOPLE_ERRORS } from './people/errors.ts'

export type { ErrorRow } from '../ground/errors/row.ts'

/** The rows as they are written, for types that are made of them. */
export type Rows =
  | typeof ANY_ERRORS
  | typeof PHONE_CODE_ERRORS
  | typeof KEY_ERRORS
  | typeof PEOPLE_ERRORS
  | typeof GROUP_ERRORS
  | typeof TOKEN_ERRORS
  | typeof TWO_STEP_ERRORS
  | typeof EMAIL_ERRORS
  | typeof MESSAGE_ERRORS
  | typeof CHAT_ERRORS
  | typeof DIALOG_ERRORS
  | typeof CONTENT_ERRORS
  | typeof FILE_ERRORS
  | typeof AVATAR_ERRORS
  | typeof BOT_ERRORS
  | typeof ALBUM_ERRORS
  | typeof SCHEDULED_ERRORS
  | typeof TERMS_ERRORS
  | typeof PAYMENT_ERRORS
  | typeof CONSOLE_ERRORS

/** The name of an error of the table. */
export type ErrorName = Rows[number]['name']

/**
 * Every error that the server can answer with. A new error is a row in the file of its subject here, its cause, advice
 * and how to make it in `packages/tl/sources/errors/`, and a cause in `test/errors/`.
 */
export const ERRORS: readonly (ErrorRow & { readonly name: ErrorName })[] = [
  ...ANY_ERRORS,
  ...PHONE_CODE_ERRORS,
  ...KEY_ERRORS,
  ...PEOPLE_ERRORS,
  ...GROUP_ERRORS,
  ...TOKEN_ERRORS,
  ...TWO_STEP_ERRORS,
  ...EMAIL_ERRORS,
  ...MESSAGE_ERRORS,
  ...CHAT_ERRORS,
  ...DIALOG_ERRORS,
  ...CONTENT_ERRORS,
  ...FILE_ERRORS,
  ...AVATAR_ERRORS,
  ...BOT_ERRORS,
  ...ALBUM_ERRORS,
  ...SCHEDULED_ERRORS,
  ...TERMS_ERRORS,
  ...PAYMENT_ERRORS,
  ...CONSOLE_ERRORS,
]
