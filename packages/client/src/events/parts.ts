import type { MethodClient } from '../methods/method-client.ts'
import type { Clock } from '../net/clock.ts'
import type { CursorStorage } from '../updates/cursor-text.ts'
import type { CallMethod } from '../updates/engine.ts'
import type { MachineStep } from '../updates/words.ts'
import type { Origins } from './origins.ts'
import type { ClientEvents } from './words.ts'

/** Parts of a client that its events use. */
export interface EventsParts {
  readonly client: MethodClient
  readonly clock: Clock
  /** The state of an account, which has the cursor of its updates. */
  readonly storageOf: (userId: bigint) => CursorStorage
  readonly origins: Origins
  /** Calls the API without telling the machine of the answer. */
  readonly call: CallMethod
  /** Takes an error that no handler of `error` hears. */
  readonly report: (error: unknown) => void
  /** Whether to tell what has happened while the program was away. Default: yes. */
  readonly catchUp?: boolean | undefined
  /** Begins the trace of a machine of updates. @returns what takes its steps */
  readonly traceMachine?: ((userId: bigint) => (step: MachineStep) => void) | undefined
  /** Hears of every error that reaches no caller. */
  readonly onFailed?: ((error: unknown) => void) | undefined
  /** Whether an error says no more than that the program has closed the client. */
  readonly isOfClosing: (error: unknown) => boolean
}

/** Tells handlers of what no update makes. */
export interface Teller {
  tell<Name extends 'connection' | 'wait' | 'error'>(name: Name, event: ClientEvents[Name]): boolean
  fail(error: unknown): void
}
