import type { Arguments, Option } from './command.ts'
import { CommandError, CommandLineError } from './errors.ts'
import { readTextFile } from './text-file.ts'

/** The environment variable that holds the console's token: the list of processes does not show it. */
const VARIABLE = 'CABLEGRAM_CONSOLE_TOKEN'

/** The option of every command that needs the console's token, beside `--console-token`. */
export const TOKEN_FILE_OPTION: Option = {
  value: 'FILE',
  help: `file with the token of the console. Use this, or the variable ${VARIABLE},\nto keep the token out of the list of processes`,
}

/**
 * The console's token: of the option, of a file, or of the environment.
 *
 * @throws CommandError, CommandLineError
 */
export function consoleToken(args: Arguments): string | undefined {
  const typed = args.text('console-token')
  const file = args.text('console-token-file')
  if (file === undefined) return typed ?? (process.env[VARIABLE] || undefined)
  if (typed !== undefined) {
    throw new CommandLineError(
      '--console-token and --console-token-file both give the token: give one of them.',
    )
  }
  const token = readTextFile(file, 'console-token-file').trim()
  if (token === '') throw new CommandError(`${file} is empty: write the console's token into it.`)
  return token
}
