import type { Arguments, Option } from '../../command.ts'
import { parseDuration } from '../../duration.ts'
import { CommandLineError } from '../../errors.ts'

const DEFAULT_WAIT = '30s'
/** A request of the console waits for so long at most. */
const MAX_WAIT_MS = 120_000

/** A time as it was given: a bare number counts seconds. */
export function inUnits(time: string): string {
  return /[a-z]$/.test(time) ? time : `${time} s`
}

/** The option of actions that wait for something. */
export function timeoutOption(byDefault: string = DEFAULT_WAIT): Readonly<Record<'timeout', Option>> {
  return { timeout: { value: 'TIME', help: `wait no longer, at most 2m (default: ${byDefault})` } }
}

/** The time that an action waits, in words and in milliseconds. @throws CommandLineError */
export function timeoutOf(
  args: Arguments,
  byDefault: string = DEFAULT_WAIT,
): { readonly timeout: string; readonly timeoutMs: number } {
  const timeout = args.text('timeout') ?? byDefault
  const timeoutMs = Math.round(parseDuration(timeout, '--timeout') * 1000)
  if (timeoutMs > MAX_WAIT_MS) throw new CommandLineError(`--timeout is at most 2m, not ${timeout}.`)
  return { timeout: inUnits(timeout), timeoutMs }
}
