import { ConnectionError, ProtocolError, RpcError } from '@cablegram/mtproto'
import { learnLogin, learnLogout, learnSelf } from './authorization.ts'
import type { DcLink } from './dc-link.ts'
import { type CallKinds, type FloodWaits, refusalOf } from './flood-waits.ts'
import type { FileLane, Link } from './link.ts'
import { endedBy } from './login-end.ts'
import { backoffMs } from './net/backoff.ts'
import { type OutgoingCall, timeoutError } from './net/calls.ts'
import { type Clock, pause } from './net/clock.ts'
import { orAborted } from './or-aborted.ts'
import { showRefusal } from './refusal-text.ts'
import { isServerTrouble } from './server-trouble.ts'
import type { Turn } from './turns.ts'

/** The options of one call. */
export interface SendOptions {
  /** The data centre asked for; undefined: home. */
  readonly dcId: number | undefined
  /** How long the server's waits (420) may hold the call up, in all. */
  readonly floodWaitMaxS: number
  readonly clock: Clock
  /** The waits of earlier calls, and the kinds of this one. Default: none is known, and none remembered. */
  readonly waits?: { readonly known: FloodWaits; readonly kinds: CallKinds } | undefined
  /** Draws a number from 0 up to 1, for the pauses before repetitions. Default: a server in trouble is not asked again. */
  readonly retryBy?: (() => number) | undefined
  /** Its place in a chain of calls. */
  readonly turn?: Turn | undefined
  /** Told of each wait. */
  readonly onWait?: ((wait: CallWait) => void) | undefined
  /** The call carries a part of a file: moves of the file (303) are thrown, for the other parts go there, too. */
  readonly lane?: FileLane | undefined
}

/** A call that waits because the server has asked for it, or because the server was in trouble. */
export interface CallWait {
  readonly reason: 'flood' | 'retry'
  readonly method: string
  readonly waitMs: number
  readonly error: RpcError
}

/** How often a call may be sent to another data centre: from any one to where it belongs, with some to spare. */
const MAX_MOVES = 3
/** Moves of the whole account, which later calls follow; the others concern one call. */
const MOVES_HOME = new Set(['PHONE_MIGRATE', 'NETWORK_MIGRATE', 'USER_MIGRATE'])

/**
 * Waits that are not waited for, though they come with a number. After 2FA_CONFIRM_WAIT, account.deleteAccount would delete
 * the account that its owner has a week to save; PREMIUM_SUB_ACTIVE_UNTIL gives a date.
 */
const NOT_WAITED = new Set(['2FA_CONFIRM_WAIT', 'PREMIUM_SUB_ACTIVE_UNTIL'])
/** A number from here on is a date in Unix seconds, not a wait. */
const FIRST_DATE_S = 1_000_000_000

/** A call on its way to its answer. */
interface Trip {
  /** Undefined: home, wherever that is by now. */
  dcId: number | undefined
  moves: number
  readonly sinceMs: number
  waitedS: number
  /** The last wait that the server asked for. */
  waitedFor: string | undefined
  /** The waits up to this time of the clock are over. */
  passedUntilMs: number
  /** The login was brought to another data centre a second time. */
  isRenewed: boolean
  /** The answers that told of trouble at the server. */
  troubles: number
}

/** How often a server in trouble is asked, in all. */
const MAX_ATTEMPTS = 3
const RETRY_PAUSES = { firstMs: 1_000, maxMs: 10_000 }

/**
 * Sends a call to the data centre it belongs in, and again where the server says that it belongs in another one (303),
 * that the login has not come there yet (401), or that it has to wait (420). Each has an end.
 *
 * It takes `timeoutMs` at most, connecting and repetitions included, and beside that the waits that the server asks for.
 *
 * @throws RpcError; ProtocolError MIGRATION_LOOP; ConnectionError CALL_TIMEOUT
 */
export async function sendCall<Result>(
  link: Link,
  call: OutgoingCall<Result>,
  options: SendOptions,
): Promise<Result> {
  const { clock, lane, waits } = options
  const trip = newTrip(options.dcId, clock.nowMs())
  const inTime = <Value>(promise: Promise<Value>) => withinTime(link, promise, trip, call, clock)
  for (;;) {
    // Most calls find no wait, and a connection that is open: awaiting these takes as long as all the rest.
    if (waits && waits.known.size > 0) await passWaits(link, trip, call, options)
    const before = options.turn?.before
    const isOpen = lane === undefined ? link.opened(trip.dcId) : undefined
    const dc = isOpen ?? (await inTime(lane ? link.openLane(lane, trip.dcId) : link.open(trip.dcId)))
    // A CDN knows no logins, and has nothing to say about them.
    if (lane === 'cdn') return await dc.call(call)
    if (!link.isHome(dc) && !(await inTime(isLoginBrought(link, dc, trip)))) continue
    try {
      const result = await dc.call({ ...call, leftMs: leftOf(trip, call, clock) })
      waits?.known.forget(waits.kinds)
      if (link.isHome(dc)) learnWho(link, result)
      return result
    } catch (error) {
      if (!(error instanceof RpcError)) throw withWaits(error, trip)
      // The error was made where the answer came in; the caller's stack is of more use.
      showRefusal(error, sendCall)
      if (before && isOfTurn(error)) await inTime(before.over)
      else await goOn(link, dc, trip, error, { ...options, call })
    }
  }
}

/** How much of a call's time is left. */
function leftOf({ sinceMs, waitedS }: Trip, { timeoutMs }: CallOnTrip, clock: Clock): number {
  return Math.max(timeoutMs - (clock.nowMs() - sinceMs - waitedS * 1000), 0)
}

/** The promise's outcome, unless the call's time is over before, or the call or the client is given up. */
function withinTime<Value>(
  link: Link,
  promise: Promise<Value>,
  trip: Trip,
  call: CallOnTrip,
  clock: Clock,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onLate = () => {
      const text = 'there is no connection yet, or a call before it takes long'
      reject(withWaits(timeoutError(call, { text, cause: undefined }), trip))
    }
    const cancel = clock.after(leftOf(trip, call, clock), onLate)
    orAborted(promise, [call.signal, link.closed]).then(resolve, reject).finally(cancel)
  })
}

function newTrip(dcId: number | undefined, sinceMs: number): Trip {
  const waits = { waitedS: 0, waitedFor: undefined, passedUntilMs: Number.NEGATIVE_INFINITY }
  return { dcId, moves: 0, sinceMs, ...waits, isRenewed: false, troubles: 0 }
}

/** The call before has failed, or takes long: this one goes when that is over. */
function isOfTurn({ type }: RpcError): boolean {
  return type === 'MSG_WAIT_FAILED' || type === 'MSG_WAIT_TIMEOUT'
}

type CallOnTrip = Pick<OutgoingCall<unknown>, 'method' | 'signal' | 'timeoutMs'>

interface GoOnOptions extends SendOptions {
  readonly call: CallOnTrip
}

/** Waits until calls of these kinds may go out. @throws RpcError as the server would, if that takes too long */
async function passWaits(link: Link, trip: Trip, call: CallOnTrip, options: SendOptions): Promise<void> {
  const { waits, clock } = options
  if (!waits) return
  for (;;) {
    const nowMs = clock.nowMs()
    const wait = waits.known.of(waits.kinds, nowMs)
    if (!wait || wait.untilMs <= trip.passedUntilMs) return
    const refusal = refusalOf(wait, call.method, nowMs)
    await waitOut(link, trip, refusal, { nowMs, untilMs: wait.untilMs }, { ...options, call })
  }
}

/** Waits as a refusal asks for. @throws the refusal, if that is longer than calls may wait */
async function waitOut(
  link: Link,
  trip: Trip,
  error: RpcError,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
  { clock, floodWaitMaxS, call: { signal, method }, onWait }: GoOnOptions,
): Promise<void> {
  const waitMs = untilMs - nowMs
  const waitS = Math.ceil(waitMs / 1000)
  if (trip.waitedS + waitS > floodWaitMaxS) throw error
  trip.waitedS += waitS
  trip.waitedFor = error.message
  onWait?.({ reason: 'flood', method, waitMs, error })
  await pause(clock, waitMs, [signal, link.closed])
  trip.passedUntilMs = untilMs
}

/** A RANDOM_ID_DUPLICATE says that the server has the message. */
function isTrouble(error: RpcError): boolean {
  return isServerTrouble(error) && error.type !== 'RANDOM_ID_DUPLICATE'
}

/** Notes who is signed in, where an answer tells. */
function learnWho(link: Link, result: unknown): void {
  const login = learnLogin(result)
  const logout = learnLogout(result)
  if (login) link.signedIn(login.userId, login.logoutToken)
  else if (logout) link.signedOut(logout.logoutToken)
  else if (link.facts?.session.userId === undefined) link.recognise(learnSelf(result))
}

/** Brings the login of home along. False if that voided the key of the other data centre: a new one can be tried, once. */
async function isLoginBrought(link: Link, dc: DcLink, trip: Trip): Promise<boolean> {
  try {
    await link.bringLogin(dc)
    return true
  } catch (error) {
    const isRefused = error instanceof RpcError && error.method === 'auth.importAuthorization'
    if (!isRefused || endedBy(error) !== 'key' || trip.isRenewed) throw error
    trip.isRenewed = true
    return false
  }
}

/** Does what an error asks for before the call can be repeated, or throws it. */
async function goOn(
  link: Link,
  dc: DcLink,
  trip: Trip,
  error: RpcError,
  options: GoOnOptions,
): Promise<void> {
  const { clock, call, onWait, lane, retryBy, waits } = options
  const { code, type, argument } = error
  if (code === 303 && type.endsWith('_MIGRATE') && argument !== undefined) {
    if (lane !== undefined) throw error
    await withinTime(link, move(link, dc, trip, error, argument), trip, call, clock)
    return
  }
  if (link.onRefused(dc, error)) {
    if (link.isHome(dc) || trip.isRenewed) throw error
    trip.isRenewed = true
    return
  }
  if (retryBy && isTrouble(error) && trip.troubles < MAX_ATTEMPTS - 1) {
    trip.troubles += 1
    const waitMs = backoffMs(trip.troubles, retryBy(), RETRY_PAUSES)
    if (waitMs >= leftOf(trip, call, clock)) throw error
    onWait?.({ reason: 'retry', method: call.method, waitMs, error })
    await pause(clock, waitMs, [call.signal, link.closed])
    return
  }
  const isWait = code === 420 && argument !== undefined && argument < FIRST_DATE_S && !NOT_WAITED.has(type)
  if (!isWait) throw error
  // At least a second, so that a wrong 0 does not repeat the call for ever.
  const nowMs = clock.nowMs()
  const untilMs = nowMs + Math.max(argument, 1) * 1000
  waits?.known.note(waits.kinds, { untilMs, type }, nowMs)
  await waitOut(link, trip, error, { nowMs, untilMs }, options)
}

/** A call that timed out after waits says so. */
function withWaits(error: unknown, { waitedS, waitedFor }: Trip): unknown {
  const isTimeout = error instanceof ConnectionError && error.code === 'CALL_TIMEOUT'
  if (!isTimeout || waitedFor === undefined) return error
  const message = `${error.message} Before that it waited ${waitedS} s, as the server asked for (${waitedFor}).`
  return new ConnectionError('CALL_TIMEOUT', message, { cause: error.cause })
}

async function move(link: Link, dc: DcLink, trip: Trip, error: RpcError, to: number): Promise<void> {
  trip.moves += 1
  if (trip.moves > MAX_MOVES || to === dc.dcId) {
    throw new ProtocolError(
      'MIGRATION_LOOP',
      `${error.method ?? 'The call'} has no end: data centre ${dc.dcId} sends it to ${to}`,
      { cause: error },
    )
  }
  // A call for one data centre only moves itself, whatever the reason.
  if (MOVES_HOME.has(error.type) && trip.dcId === undefined) await link.switchDc(to)
  else trip.dcId = to
}
