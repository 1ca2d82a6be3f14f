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
    throw unreadable(file, option, cause)
  }
}

/** The error for a file that cannot be read: says why, as far as the system tells. */
export function unreadable(file: string, option: string, cause: unknown): CommandError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = REASONS[code] ?? `check the name given with --${option}.`
  return new CommandError(`cannot read ${file}: ${reason.replace('OPTION', option)}`, { cause })
}

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: 'that is a folder, and --OPTION takes a file.',
  EACCES: 'this user may not read that file. Change its permissions or its owner.',
  EPERM: 'this user may not read that file. Change its permissions or its owner.',
  ENOENT: 'there is no such file. Check the name given with --OPTION.',
}
