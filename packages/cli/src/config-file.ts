import { type Arguments, type Command, parseArguments } from './command.ts'
import { CommandLineError } from './errors.ts'
import { readTextFile } from './text-file.ts'

/** The content of a configuration file. */
export interface Config {
  /** Options, by their names on the command line without the dashes in front. */
  readonly args: Arguments
  /** `settings`, as it stands there: what in it is right the server knows. */
  readonly settings: object
}

/**
 * Reads a configuration: a JSON object.
 *
 * @throws CommandError the file cannot be read; CommandLineError it is not such a file
 */
export function readConfigFile(command: Command, file: string): Config {
  const { settings = {}, ...values }: { readonly settings?: unknown } = parse(
    file,
    readTextFile(file, 'config'),
  )
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new CommandLineError(`${file}: "settings" is not an object such as {"codeLifetimeS": 120}.`)
  }
  return { args: optionsOf(command, file, values), settings }
}

function optionsOf(command: Command, file: string, values: object): Arguments {
  const argv = Object.entries(values).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`]
    if (value === false) return []
    if (typeof value === 'string' || typeof value === 'number') return [`--${name}=${value}`]
    throw new CommandLineError(`${file}: "${name}" is neither a string, a number, true nor false.`)
  })
  try {
    return parseArguments(command, argv)
  } catch (error) {
    if (error instanceof CommandLineError) throw new CommandLineError(`${file}: ${error.message}`)
    throw error
  }
}

function parse(file: string, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CommandLineError(`${file} is not JSON: it holds an object such as {"port": 10443}.`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new CommandLineError(`${file} does not hold a JSON object such as {"port": 10443}.`)
}
