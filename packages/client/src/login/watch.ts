import type { Results, Update, Updates } from '@cablegram/tl/api'
import type { LoginContext } from './context.ts'
import type { LoginState, WaitQr } from './states.ts'

/** What happens without anybody's action. */
export interface Happenings {
  /** The QR code has run out, or somebody has scanned it. */
  onQr(): void
  /** The code has been paid for, and is on its way. */
  onPaid(sent: Results['auth.checkPaidAuth']): void
}

/** A token lives half a minute. Where the clocks differ it is renewed at a bearable pace all the same. */
const MIN_QR_MS = 3_000
const MAX_QR_MS = 60_000

/** Watches for what a state moves on by itself on, until the returned function is called. */
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
  const leftMs = expiresAtS * 1000 - ctx.clock.nowMs()
  const stopTimer = ctx.clock.after(Math.min(Math.max(leftMs, MIN_QR_MS), MAX_QR_MS), onQr)
  const stopUpdates = ctx.client.onUpdate((updates) => {
    // What may have been missed may have been this.
    const isScanned = updatesIn(updates).some(({ _ }) => _ === 'updateLoginToken')
    if (isScanned || updates._ === 'updatesTooLong') onQr()
  })
  return () => {
    stopTimer()
    stopUpdates()
  }
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
