import { type Arguments, type Command, parseArguments } from './command.ts'
import { CommandLineError } from './errors.ts'
import { readTextFile } from './text-file.ts'

/**
 * Reads options from a JSON file, whose names are those of the command line without the dashes in front.
 *
 * @throws CommandError the file cannot be read; CommandLineError it is not such a file
 */
export function readConfigFile(command: Command, file: string): Arguments {
  const values = parse(file, readTextFile(file, 'config'))
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
