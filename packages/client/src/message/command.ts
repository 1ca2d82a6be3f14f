/** A command at the beginning of a message, such as `/start`. */
export interface Command {
  /** In lower case and without the slash: `start`. */
  readonly name: string
  /** The text after it; empty if there is none. A link `t.me/<bot>?start=<payload>` gives its payload here. */
  readonly argument: string
}

/** The longest name that Telegram takes is half as long. */
const NAME = /^\w{1,64}$/
const COMMAND = /^\/(\w{1,64})(?:@(\w{1,64}))?(?:\s+([\s\S]*))?$/

/** Whether a value is the name of a command. */
export function isCommandName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value)
}

/**
 * The command that a text begins with; undefined if it begins with none, or with one for another bot.
 *
 * @param ownNames the usernames of this account, in lower case; none if they are not known: then every bot is meant
 */
export function commandIn(text: string, ownNames: readonly string[]): Command | undefined {
  const [, name, to, argument = ''] = COMMAND.exec(text) ?? []
  if (name === undefined) return undefined
  if (to !== undefined && ownNames.length > 0 && !ownNames.includes(to.toLowerCase())) return undefined
  return { name: name.toLowerCase(), argument: argument.trim() }
}
