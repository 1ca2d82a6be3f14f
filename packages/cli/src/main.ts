import { readFileSync } from 'node:fs'
import { didYouMean, UsageError } from '@cablegram/tl'
import { type Command, parseArguments } from './command.ts'
import { acceptCommand } from './commands/accept.ts'
import { appCommand } from './commands/app.ts'
import { botCommand } from './commands/bot.ts'
import { callCommand } from './commands/call.ts'
import { clockCommand } from './commands/clock.ts'
import { codesCommand } from './commands/codes.ts'
import { connectCommand } from './commands/connect.ts'
import { docsCommand } from './commands/docs.ts'
import { faultCommand } from './commands/fault.ts'
import { loginCommand } from './commands/login.ts'
import { logoutCommand } from './commands/logout.ts'
import { luaCommand } from './commands/lua.ts'
import { payCommand } from './commands/pay.ts'
import { peopleCommand } from './commands/people/people.ts'
import { resetCommand } from './commands/reset.ts'
import { ruleCommand } from './commands/rule.ts'
import { serveCommand } from './commands/serve.ts'
import { sessionCommand } from './commands/session/session.ts'
import { storeCommand } from './commands/store.ts'
import { traceCommand } from './commands/trace.ts'
import { userCommand } from './commands/user.ts'
import { CommandLineError } from './errors.ts'
import { commandHelp, programHelp } from './help.ts'

const COMMANDS: readonly Command[] = [
  serveCommand,
  loginCommand,
  acceptCommand,
  callCommand,
  luaCommand,
  codesCommand,
  userCommand,
  ruleCommand,
  faultCommand,
  clockCommand,
  appCommand,
  botCommand,
  peopleCommand,
  payCommand,
  resetCommand,
  storeCommand,
  connectCommand,
  docsCommand,
  sessionCommand,
  traceCommand,
  logoutCommand,
]

/** Runs `cablegram` with these arguments. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export async function main(argv: readonly string[]): Promise<number> {
  exitWithReader()
  const { exitCode, complaint } = await outcomeOf(argv)
  if (complaint !== undefined) process.stderr.write(`cablegram: ${complaint}\n`)
  return exitCode
}

/** Runs a command. Gives the sentence to print instead of throwing. */
export async function outcomeOf(argv: readonly string[]): Promise<{ exitCode: number; complaint?: string }> {
  try {
    return { exitCode: await dispatch(argv) }
  } catch (error) {
    return { exitCode: isWrongUsage(error) ? 2 : 1, complaint: sentence(error) }
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === '--help' || name === '-h' || name === 'help') return showHelp(rest)
  if (name === '--version' || name === '-v') return print(`${version()}\n`)
  if (name === undefined)
    throw new CommandLineError('a command is missing. `npx cablegram --help` lists them.')
  const { command, args } = withAction(find(name), rest)
  if (asksForHelp(args)) return print(commandHelp(command))
  return command.run(parseArguments(command, args))
}

function showHelp([name, ...rest]: readonly string[]): number {
  return print(name === undefined ? programHelp(COMMANDS) : commandHelp(withAction(find(name), rest).command))
}

/** The action of a command, where the first argument names one. */
function withAction(
  command: Command,
  args: readonly string[],
): { command: Command; args: readonly string[] } {
  const action = command.actions?.find(({ name }) => name === args[0])
  if (action === undefined) return { command, args }
  return { command: { ...action, name: `${command.name} ${action.name}` }, args: args.slice(1) }
}

function find(name: string): Command {
  const found = COMMANDS.find((command) => command.name === name)
  if (found) return found
  const question = didYouMean(
    name,
    COMMANDS.map((command) => command.name),
  )
  throw new CommandLineError(
    `there is no command "${name}". ${question === '' ? '' : `${question} `}See \`npx cablegram --help\`.`,
  )
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

function version(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return version
}

/** The reader of the output may stop, as `head` does; that is not an error. */
function exitWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}

/** An error's message in one line, without control characters: parts of it may come from another machine. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/\p{Cc}+/gu, ' ').trim() || 'failed without saying why.'
}

/** Errors of options that are wrong on every machine; other options may be valid elsewhere. */
const WRONG_OPTIONS = new Set([
  'PORT_INVALID',
  'CONSOLE_PORT_BLOCKED',
  'CONSOLE_TOKEN_MISSING',
  'ORIGIN_INVALID',
  'SEED_INVALID',
])

function isWrongUsage(error: unknown): boolean {
  if (error instanceof CommandLineError) return true
  return error instanceof UsageError && WRONG_OPTIONS.has(error.code)
}
