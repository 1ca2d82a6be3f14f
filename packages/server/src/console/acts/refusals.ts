import { RpcError } from '@cablegram/mtproto'
import type { ErrorRow } from '@cablegram/tl/errors'
import { digitsIn } from '../../typed-text.ts'
import { ConsoleError, type ConsoleStatus } from '../error.ts'

const AS_DOCUMENT =
  'send it as a document: its kind is "document"; people send on the command line takes --media document.'

/** NUMBER is the phone number, where it is known. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'Give the number in international format, such as +9996621234.',
  PHONE_NUMBER_OCCUPIED: 'Another account has the number. Show it: npx cablegram user NUMBER.',
  PHONE_NUMBER_UNOCCUPIED: 'Make the account first: npx cablegram user add NUMBER.',
  EMAIL_INVALID: 'Give an address such as ada@example.org.',
  PASSWORD_EMPTY: 'Give a password, too: the hint and the recovery address belong to it.',
  USERNAME_INVALID:
    'Give 5 to 32 letters, digits and underscores; the names of bots end in bot, other names do not.',
  USERNAME_OCCUPIED: 'Choose another name.',
  FIRSTNAME_INVALID: 'Give a first name of 1 to 64 characters.',
  LASTNAME_INVALID: 'Give a last name of at most 64 characters, or none.',
  USERNAME_NOT_OCCUPIED: 'List the names there are: npx cablegram people (GET /api/people).',
  PHONE_NOT_OCCUPIED: 'List the numbers there are: npx cablegram people (GET /api/people).',
  PEER_ID_INVALID:
    'Name the chat by @username, +phone or id. Only members write in a group, and a bot writes to those who have started it.',
  USER_ID_INVALID: 'Name a person or a bot by @username, +phone or id.',
  CHAT_ID_INVALID: 'Give the id of a group, which is below zero, as one of its members.',
  BOT_RESPONSE_TIMEOUT: 'Have the bot answer the press within ten seconds: see updateBotCallbackQuery.',
  QUERY_ID_INVALID: 'Answer a press once, and within ten seconds.',
  PHOTO_EXT_INVALID: `Give the file a name such as photo.jpg, or ${AS_DOCUMENT}`,
  PHOTO_SAVE_FILE_INVALID: `Make the picture smaller, or ${AS_DOCUMENT}`,
  PHOTO_INVALID_DIMENSIONS: `Make the picture smaller, or ${AS_DOCUMENT}`,
  IMAGE_PROCESS_FAILED: `Give a file that is a picture, or ${AS_DOCUMENT}`,
  MESSAGE_ID_INVALID: 'Take the id from the messages of this person: each side of a chat has its own.',
}

const TAKEN: ReadonlySet<string> = new Set(['PHONE_NUMBER_OCCUPIED', 'USERNAME_OCCUPIED'])
const TOO_MANY_REQUESTS = 420
const FORBIDDEN = 403

/**
 * Says a refusal of the rules, which is an error of Telegram's, in the console's own way.
 *
 * @param method does the same for clients: the cause and the advice of its error are told
 * @param phone the number that next steps name
 */
export async function refusing<T>(work: Promise<T>, method?: string, phone?: string): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const row = method === undefined ? undefined : await rowOf(error, method)
    const next =
      NEXT_STEPS[error.type]?.replace('NUMBER', phone === undefined ? 'NUMBER' : `+${digitsIn(phone)}`) ??
      filled(row?.advice, error) ??
      'Compare the request with /openapi.json.'
    const cause = row === undefined ? '' : ` ${filled(row.cause, error)}`
    throw new ConsoleError(statusOf(error), error.type, `The server refused: ${error.message}.${cause}`, next)
  }
}

/** The number of an error stands where its row says X. */
function filled(text: string | undefined, { argument }: RpcError): string | undefined {
  return argument === undefined ? text : text?.replace(/\bX\b/, String(argument))
}

function statusOf({ type, code }: RpcError): ConsoleStatus {
  if (TAKEN.has(type)) return 409
  if (code === TOO_MANY_REQUESTS) return 429
  return code === FORBIDDEN ? 403 : 400
}

/** The row of an error of a method. Few programs ever see one: the table is read when the first is needed. */
async function rowOf({ code, type, argument }: RpcError, method: string): Promise<ErrorRow | undefined> {
  const { default: errors } = await import('@cablegram/tl/errors.json', { with: { type: 'json' } })
  const name = argument === undefined ? type : `${type}_X`
  const rows = errors.filter((row) => row.code === code && row.name === name)
  return rows.find(({ methods }) => methods !== 'any' && methods.includes(method)) ?? rows[0]
}
