import type { Inbox } from '../courier/index.ts'
import type { Gateway } from '../gateway/index.ts'
import type { MovableClock } from '../ground/clock.ts'
import type { Rules } from '../rules/index.ts'
import type { NodesState, ServerInfo } from './words.ts'

/** The rules, and the parts of the server that only an operator, or a test, looks at and turns. */
export interface OnConsole extends Rules {
  readonly gateway: Gateway
  readonly clock: MovableClock
  /** True if the clock may be moved. */
  readonly testClock: boolean
  /** Undefined: the console shows no codes. */
  readonly inbox: Inbox | undefined
  /** Moves the clock of the rules, on all nodes. */
  readonly advanceClock: (ms: number) => Promise<void>
  /** Undefined for a server on its own. */
  readonly nodes: () => NodesState | undefined
  readonly info: () => Promise<ServerInfo>
  /** Aborts when the server closes: nobody waits any longer. */
  readonly closing: AbortSignal
  /** In the text that Prometheus reads. */
  readonly metrics: () => Promise<string>
  /** Undefined: the server keeps nothing, or its data is in PostgreSQL. */
  readonly backUp: (() => Promise<{ readonly file: string }>) | undefined
  /** Undefined: the server may not be reset. */
  readonly reset: (() => Promise<void>) | undefined
}
