import type { Results, Update, Updates } from '@cablegram/tl/api'
import type { LoginContext } from './context.ts'
import type { LoginState, WaitQr } from './states.ts'

/** Events that no action of the caller causes. */
export interface Happenings {
  /** The QR code has expired, or somebody has scanned it. */
  onQr(): void
  /** The code has been paid for and was sent. */
  onPaid(sent: Results['auth.checkPaidAuth']): void
}

/** The life of a QR code, for a server's clock that we do not know: one just set right, say. */
const QR_LIFE_MS = 30_000
/** A remaining life outside of these says that we do not know the server's clock. */
const MIN_QR_MS = 0
const MAX_QR_MS = 60_000
/** The shortest time between two QR codes. */
const MIN_QR_PAUSE_MS = 3_000

/** Waits for the events that move a state on, until the returned function is called. */
export function watchState(ctx: LoginContext, state: LoginState, happenings: Happenings): () => void {
  if (state.at === 'waitQr') return watchQr(ctx, state, happenings)
  if (state.at !== 'waitPayment') return () => {}
  return ctx.client.onUpdate((updates) => {
    for (const update of updatesIn(updates)) {
      if (update._ === 'updateSentPhoneCode') happenings.onPaid(update.sentCode)
    }
  })
}

function watchQr(ctx: LoginContext, { expiresAtS }: WaitQr, { onQr }: Happenings): () => void {
  const stopTimer = ctx.clock.after(lifeMs(expiresAtS * 1000 - ctx.client.serverNowMs()), onQr)
  const stopUpdates = ctx.client.onUpdate((updates) => {
    // A missed update may have been the one that says so.
    const isScanned = updatesIn(updates).some(({ _ }) => _ === 'updateLoginToken')
    if (isScanned || updates._ === 'updatesTooLong') onQr()
  })
  return () => {
    stopTimer()
    stopUpdates()
  }
}

function lifeMs(leftMs: number): number {
  const isPlausible = leftMs > MIN_QR_MS && leftMs <= MAX_QR_MS
  return Math.max(isPlausible ? leftMs : QR_LIFE_MS, MIN_QR_PAUSE_MS)
}

function updatesIn(updates: Updates): readonly Update[] {
  switch (updates._) {
    case 'updateShort':
      return [updates.update]
    case 'updates':
    case 'updatesCombined':
      return updates.updates
    default:
      return []
  }
}
