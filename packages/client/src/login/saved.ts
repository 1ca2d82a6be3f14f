import type { LoginState } from './states.ts'
import type { PendingLogin } from './surface.ts'

/** The version that this build writes; a login of another version is not resumed. */
const VERSION = 1
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** How far the server's clock may seem to have gone back: what is known of it is good to a few seconds. */
const CLOCK_ERROR_MS = 10_000

/** How long a state may be resumed, and the texts that it needs. The times are TDLib's. */
const RESUMED: { readonly [At in LoginState['at']]?: { forMs: number; texts: readonly string[] } } = {
  waitCode: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash'] },
  waitEmail: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash'] },
  waitEmailSetUpCode: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash', 'email'] },
  waitEmailCode: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash', 'emailPattern'] },
  waitPayment: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash'] },
  waitSignUp: { forMs: 5 * MINUTE_MS, texts: ['phoneNumber', 'phoneCodeHash'] },
  waitPassword: { forMs: DAY_MS, texts: [] },
  waitRecoveryCode: { forMs: DAY_MS, texts: ['emailPattern'] },
}

/** The same moment by two clocks. A state's own times are of this machine's clock, which may be wrong. */
export interface Moment {
  readonly localMs: number
  readonly serverMs: number
}

/** The part of a state that the session keeps; undefined where keeping it would save no step. */
export function saveLogin(
  state: LoginState,
  apiId: number,
  { localMs, serverMs }: Moment,
): PendingLogin | undefined {
  if (RESUMED[state.at] === undefined) return undefined
  return { version: VERSION, apiId, savedAtMs: serverMs, localAtMs: localMs, state }
}

/**
 * The state to go on with, if the session has kept one of this app that is not too old. Its age is that by the server's
 * clock, so that a login kept under a wrong clock goes on once the clock is right.
 */
export function resumeLogin(
  pending: PendingLogin | undefined,
  apiId: number,
  now: Moment,
): LoginState | undefined {
  if (pending?.['version'] !== VERSION || pending['apiId'] !== apiId) return undefined
  const { savedAtMs, localAtMs = savedAtMs, state } = pending
  if (typeof savedAtMs !== 'number' || typeof localAtMs !== 'number' || !isState(state)) return undefined
  const ageMs = now.serverMs - savedAtMs
  const { forMs = 0 } = RESUMED[state.at] ?? {}
  if (ageMs < -CLOCK_ERROR_MS || ageMs >= forMs) return undefined
  return movedBy(now.localMs - localAtMs - ageMs, state)
}

/** The state with its times by this machine's clock, which has been set since the login was kept. */
function movedBy(setMs: number, state: LoginState): LoginState {
  if (setMs === 0 || !('sentAtMs' in state)) return state
  const moved = { ...state, sentAtMs: state.sentAtMs + setMs }
  if (!('resendAtMs' in moved) || moved.resendAtMs === undefined) return moved
  return { ...moved, resendAtMs: moved.resendAtMs + setMs }
}

/** Checks only for damage: this version wrote the state itself. */
function isState(value: unknown): value is LoginState {
  if (typeof value !== 'object' || value === null) return false
  const state: Record<string, unknown> = { ...value }
  const resumed = Object.entries(RESUMED).find(([at]) => at === state['at'])?.[1]
  if (resumed === undefined) return false
  if (state['at'] === 'waitCode' && !isTyped(state['type'])) return false
  return resumed.texts.every((field) => typeof state[field] === 'string')
}

function isTyped(type: unknown): boolean {
  return typeof type === 'object' && type !== null && '_' in type && typeof type._ === 'string'
}
