import { readFileSync } from 'node:fs'
import { CommandError } from './errors.ts'

/**
 * The text of a file that an option names.
 *
 * @throws CommandError
 */
export function readTextFile(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CommandError(`cannot read ${file}: check the name given with --${option}.`, { cause })
  }
}
