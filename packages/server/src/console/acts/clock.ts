import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { ClockState } from '../words.ts'

/** Shows the rules' clock. */
export function showClock({ clock, testClock }: OnConsole): ClockState {
  return { testClock, nowS: Math.floor(clock.nowMs() / 1000), aheadS: clock.aheadMs / 1000 }
}

/** Moves the rules' clock ahead. @throws {ConsoleError} 409 without a test clock */
export async function moveClock(on: OnConsole, seconds: number): Promise<void> {
  if (!on.testClock) {
    const next = 'Start the server with --test-clock (testClock in a program).'
    throw new ConsoleError(409, 'TEST_CLOCK_OFF', 'The clock of this server cannot be moved.', next)
  }
  await on.advanceClock(seconds * 1000)
}
