import type { Arguments, Positional } from '../../command.ts'
import { askConsole, type ConsoleRequest, type FieldNames } from '../../console.ts'
import { CommandLineError } from '../../errors.ts'

/** The first argument of every action: who acts. */
export const PERSON: Positional = {
  name: 'PERSON',
  help: 'who acts: a @username, a +phone or an id',
  required: true,
}

/** The id of a message, in the box of who acts. */
export const MESSAGE: Positional = {
  name: 'ID',
  help: 'the message; `people messages` shows the ids',
  required: true,
}

/** A chat of who acts. */
export const CHAT: Positional = {
  name: 'CHAT',
  help: 'a @username, a +phone, an id or me',
  required: true,
}

/** Asks the console as the person whom the first argument names. */
export async function askAs(args: Arguments, path: string, request?: ConsoleRequest): Promise<unknown> {
  const [person = ''] = args.positionals
  return await askConsole(args, `/api/people/${encodeURIComponent(person)}/${path}`, request)
}

/**
 * Has the person whom the first argument names do something.
 *
 * @param given the arguments that the fields of the body come from
 */
export async function doAs(
  args: Arguments,
  path: string,
  body: unknown,
  given: FieldNames,
): Promise<unknown> {
  return await askAs(args, path, { method: 'POST', body, given })
}

/**
 * The id of a message.
 *
 * @param name of the argument, for the error
 * @throws CommandLineError
 */
export function messageIdOf(text: string | undefined, name = 'ID'): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new CommandLineError(
    `${name} is a whole number, not "${text}": \`npx cablegram people messages\` shows the ids.`,
  )
}
