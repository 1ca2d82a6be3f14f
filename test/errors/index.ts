import { ALBUM_CAUSES } from './albums.ts'
import { ANY_CAUSES } from './any.ts'
import { AVATAR_CAUSES } from './avatars.ts'
import { BOT_CAUSES } from './bots.ts'
import { BUDGET_CAUSES } from './budgets.ts'
import { METHOD_CAUSES } from './by-method.ts'
import { CDN_CAUSES } from './cdn.ts'
import { CHAT_CAUSES } from './chats.ts'
import { CONTENT_CAUSES } from './content.ts'
import { DIALOG_CAUSES } from './dialogs.ts'
import { EMAIL_CAUSES } from './email.ts'
import { FILE_CAUSES } from './files.ts'
import { GROUP_CAUSES } from './groups.ts'
import { KEY_CAUSES } from './keys.ts'
import { MEDIA_EDIT_CAUSES } from './media-edits.ts'
import { MESSAGE_CAUSES } from './messages.ts'
import { NOTE_CAUSES } from './notes-and-reports.ts'
import { PAYMENT_CAUSES } from './payments.ts'
import { PEOPLE_CAUSES } from './people.ts'
import { PHONE_CODE_CAUSES } from './phone-codes.ts'
import { POLL_CAUSES } from './polls.ts'
import { READING_CAUSES } from './reading.ts'
import type { Cause } from './registry.ts'
import { SCHEDULED_CAUSES } from './scheduled.ts'
import { TOKEN_CAUSES } from './tokens.ts'
import { TWO_STEP_CAUSES } from './two-step.ts'

/** The cause of each error of the table. A row counts as tested by its cause if it is here. */
export const CAUSES: readonly Cause[] = [
  ...ANY_CAUSES,
  ...PHONE_CODE_CAUSES,
  ...KEY_CAUSES,
  ...PEOPLE_CAUSES,
  ...NOTE_CAUSES,
  ...TOKEN_CAUSES,
  ...TWO_STEP_CAUSES,
  ...EMAIL_CAUSES,
  ...PAYMENT_CAUSES,
  ...MESSAGE_CAUSES,
  ...DIALOG_CAUSES,
  ...CONTENT_CAUSES,
  ...FILE_CAUSES,
  ...CDN_CAUSES,
  ...AVATAR_CAUSES,
  ...ALBUM_CAUSES,
  ...MEDIA_EDIT_CAUSES,
  ...BOT_CAUSES,
  ...SCHEDULED_CAUSES,
  ...POLL_CAUSES,
  ...CHAT_CAUSES,
  ...READING_CAUSES,
  ...GROUP_CAUSES,
  ...METHOD_CAUSES,
  ...BUDGET_CAUSES,
]
