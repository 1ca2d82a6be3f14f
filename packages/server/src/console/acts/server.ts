import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'

/** Copies the database. @returns the copy @throws {ConsoleError} 409 with `--memory`, and with data in PostgreSQL */
export async function backUp(on: OnConsole): Promise<{ readonly file: string }> {
  if (on.backUp !== undefined) return await on.backUp()
  if (on.nodes() !== undefined) {
    throw new ConsoleError(
      409,
      'BACKUP_ELSEWHERE',
      'The data of this server is in PostgreSQL.',
      'Back it up there, with pg_dump or a base backup, and keep a copy of the secret file in another place.',
    )
  }
  throw new ConsoleError(
    409,
    'NOTHING_TO_BACK_UP',
    'A server with --memory keeps nothing.',
    'Start one with --data.',
  )
}

/** Resets the server. @throws {ConsoleError} 409 without a test clock or `--memory` */
export async function resetServer(on: OnConsole): Promise<void> {
  if (on.reset !== undefined) return await on.reset()
  throw new ConsoleError(
    409,
    'RESET_NOT_ALLOWED',
    'This server cannot be reset: it keeps its data, and its clock is the real one.',
    'Start the server with --memory or --test-clock (testClock in a program).',
  )
}
