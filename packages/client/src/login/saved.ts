import type { LoginState } from './states.ts'
import type { PendingLogin } from './surface.ts'

/** The version this build writes; another one is not resumed. */
const VERSION = 1
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** How long a state may be resumed, and what it cannot be without. The times are TDLib's. */
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

/** What the session is to keep of a state; undefined where there is nothing that would save a step. */
export function saveLogin(state: LoginState, apiId: number, nowMs: number): PendingLogin | undefined {
  if (RESUMED[state.at] === undefined) return undefined
  return { version: VERSION, apiId, savedAtMs: nowMs, state }
}

/** The state to go on with, if what the session has kept is of this app and still good. */
export function resumeLogin(
  pending: PendingLogin | undefined,
  apiId: number,
  nowMs: number,
): LoginState | undefined {
  if (pending?.['version'] !== VERSION || pending['apiId'] !== apiId) return undefined
  const { savedAtMs, state } = pending
  if (typeof savedAtMs !== 'number' || !isState(state)) return undefined
  const { forMs = 0 } = RESUMED[state.at] ?? {}
  return nowMs >= savedAtMs && nowMs < savedAtMs + forMs ? state : undefined
}

/** Written by this version, so only what a damaged file could break is looked at. */
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
