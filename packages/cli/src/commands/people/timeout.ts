import type { Arguments, Option } from '../../command.ts'
import { parseDuration } from '../../duration.ts'
import { CommandLineError } from '../../errors.ts'

const DEFAULT_WAIT = '30s'
/** A request of the console waits for so long at most. */
export const MAX_WAIT_MS = 120_000

/** The option of actions that wait for one thing. */
export const TIMEOUT_OPTION: Readonly<Record<string, Option>> = {
  timeout: { value: 'TIME', help: `wait no longer, at most 2m (default: ${DEFAULT_WAIT})` },
}

/** The time that an action waits, as it was given and in milliseconds. @throws CommandLineError */
export function timeoutOf(args: Arguments): { readonly timeout: string; readonly timeoutMs: number } {
  const timeout = args.text('timeout') ?? DEFAULT_WAIT
  const timeoutMs = Math.round(parseDuration(timeout, '--timeout') * 1000)
  if (timeoutMs > MAX_WAIT_MS) throw new CommandLineError(`--timeout is at most 2m, not ${timeout}.`)
  return { timeout, timeoutMs }
}
