import type { SeenStatus } from './words.ts'

/** The status of an account, and what somebody may know of it. */
export interface StatusQuery {
  readonly onlineUntilS: number
  readonly lastSeenAtS: number
  readonly nowS: number
  /** The account has blocked them: they learn nothing. */
  readonly isBlocked: boolean
  readonly isHidden: boolean
  /** They hide their own status from the account. */
  readonly isHiddenByOwn: boolean
}

const DAY_S = 86_400

/**
 * A status as somebody sees it: the second, or roughly.
 *
 * @see https://core.telegram.org/api/privacy#last-seen
 */
export function seenStatus(query: StatusQuery): SeenStatus {
  const { onlineUntilS, lastSeenAtS, nowS, isBlocked, isHidden, isHiddenByOwn } = query
  if (isBlocked) return { kind: 'longAgo', isByOwn: false }
  const isOnline = onlineUntilS > nowS
  if (isHidden || isHiddenByOwn) {
    return { kind: isOnline ? 'recently' : roughly(nowS - lastSeenAtS), isByOwn: !isHidden }
  }
  return isOnline ? { kind: 'online', forS: onlineUntilS - nowS } : { kind: 'offline', lastSeenAtS }
}

function roughly(agoS: number): 'recently' | 'lastWeek' | 'lastMonth' | 'longAgo' {
  if (agoS < 3 * DAY_S) return 'recently'
  if (agoS < 7 * DAY_S) return 'lastWeek'
  return agoS < 30 * DAY_S ? 'lastMonth' : 'longAgo'
}
