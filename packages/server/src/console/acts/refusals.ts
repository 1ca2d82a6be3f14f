import { RpcError } from '@cablegram/mtproto'
import { ConsoleError } from '../error.ts'

const NEXT_STEPS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'Give the number in international format, such as +9996621234.',
  PHONE_NUMBER_OCCUPIED: 'Another account has the number: list it with npx cablegram user --phone.',
  PHONE_NUMBER_UNOCCUPIED: 'Make the account first: npx cablegram user add.',
  EMAIL_INVALID: 'Give an address such as ada@example.org.',
  PASSWORD_EMPTY: 'Give a password, too: the hint and the recovery address belong to it.',
  USERNAME_INVALID:
    'Give 5 to 32 letters, digits and underscores; the names of bots end in bot, other names do not.',
  USERNAME_OCCUPIED: 'Choose another name.',
  FIRSTNAME_INVALID: 'Give a first name of 1 to 64 characters.',
  LASTNAME_INVALID: 'Give a last name of at most 64 characters, or none.',
}

const TAKEN: ReadonlySet<string> = new Set(['PHONE_NUMBER_OCCUPIED', 'USERNAME_OCCUPIED'])

/** Says a refusal of the rules, which is an error of Telegram's, in the console's own way. */
export async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    const status = TAKEN.has(error.type) ? 409 : 400
    const next = NEXT_STEPS[error.type] ?? 'Compare the request with /openapi.json.'
    throw new ConsoleError(status, error.type, `The server refused: ${error.message}.`, next)
  }
}
