import { createHash } from 'node:crypto'
import type { ConnectionId } from '@cablegram/mtproto'
import { didYouMean, MtprotoError } from '@cablegram/tl'
import { isMethodOfAnyLayer, methodsOfAnyLayer } from '@cablegram/tl/layers'
import { oneAtATime } from '../ground/one-at-a-time.ts'
import type { StoredFault } from '../nodes/decide-faults.ts'
import { IDS_OF_NODE, type SharedFaults } from '../nodes/shared-faults.ts'
import { digitsIn } from '../typed-text.ts'
import { WRAPPER_IDS } from './unwrap.ts'

/** The fault is invalid, or there are too many. */
export class FaultError extends MtprotoError {
  readonly code: 'FAULT_INVALID' | 'TOO_MANY_FAULTS'
  /** The next step for the caller, one sentence. */
  readonly next: string

  constructor(code: FaultError['code'], message: string, next: string) {
    super(message)
    this.code = code
    this.next = next
  }
}

/** Ways in which an update reaches a session wrongly. */
export type PushFault = 'drop' | 'double' | 'delay' | 'reorder'

/** Answers of updates.getDifference that clients have to live with. */
export type DifferenceFault = 'tooLong' | 'slice' | 'invalid' | 'outdated'

/** A fault: its effect, its requests and their number. Selectors are joined by AND; without any, every request is meant. */
export interface Fault {
  /** TL name of the method inside the wrappers. Without it: any method but auth.bindTempAuthKey, which clients call by themselves. */
  readonly method?: string | undefined
  /** Of the request, or else of the account the key is signed in to; only digits count. */
  readonly phone?: string | undefined
  readonly connectionId?: ConnectionId | undefined
  /** Of the account that the key is signed in to; for `push`, `difference` and `references`: only of this account. */
  readonly userId?: number | undefined
  /** Only each request of this place among those that match: 3 is every third one. */
  readonly every?: number | undefined
  /** Answered instead: `type` is the text on the wire, such as `FLOOD_WAIT_30`. */
  readonly error?: { readonly code: number; readonly type: string } | undefined
  /** Sent instead of an answer: a frame of four bytes, over HTTP a status. */
  readonly transport?: -404 | -429 | -444 | undefined
  /** Waited first; alone, all there is to it. */
  readonly delayMs?: number | undefined
  /** The method runs, and its answer is withheld. */
  readonly drop?: boolean | undefined
  /** The connection breaks. */
  readonly close?: boolean | undefined
  /** The client is told that its salt was wrong, and sends the request again; without `times` it is let through then. */
  readonly badSalt?: boolean | undefined
  /** As if two used the key, and the policy were strict: its login ends. */
  readonly duplicateKey?: boolean | undefined
  /** The method runs, and the connection breaks in the middle of its answer; over HTTP before it. */
  readonly cut?: boolean | undefined
  /** Files are in this data centre: in others `upload.getFile` and `upload.getFileHashes` answer FILE_MIGRATE_X. */
  readonly fileDc?: number | undefined
  /**
   * An update to a session is lost, comes twice, comes `delayMs` late while others pass it, or comes after the next one
   * (`delayMs` later, or a second, if there is none).
   */
  readonly push?: PushFault | undefined
  /**
   * updates.getDifference answers that there is too much, with a slice of one event, or with PERSISTENT_TIMESTAMP_INVALID or
   * PERSISTENT_TIMESTAMP_OUTDATED.
   */
  readonly difference?: DifferenceFault | undefined
  /** File references that were made before have expired, those of bots, too. */
  readonly references?: 'expired' | undefined
  /** Number of requests, or of updates, it is for; undefined: all, until it is removed. */
  readonly times?: number | undefined
}

/** A fault that is waiting for its requests. `times` are those that are left. */
export type ActiveFault = Fault & { readonly id: number }

/** The parts of a request that faults select by. */
export interface FaultTarget {
  /** Undefined for an id that no schema knows. */
  readonly method: string | undefined
  readonly connectionId: ConnectionId
  /** Digits only. */
  readonly phone: string | undefined
  /** The account that the key is signed in to. */
  readonly userId: bigint | undefined
  /** The data centre in which the client asks. */
  readonly dcId: number
  readonly authKeyId: bigint
  /** The request without its wrappers. */
  readonly body: Uint8Array
}

interface Entry {
  readonly fault: ActiveFault
  timesLeft: number
  /** Requests that have matched, for `every`. */
  matched: number
  /** Requests that were refused for their salt and have not come again. */
  readonly told: Set<string>
}

const MAX_FAULTS = 1000
const MAX_TOLD = 1000
/** Rounds of file references, which have four bytes for theirs. */
const ROUNDS = 2 ** 32
/** The methods that a client asks where the file is. */
const FILE_READS: ReadonlySet<string> = new Set(['upload.getFile', 'upload.getFileHashes'])

/**
 * Faults that the operator, or a test, has asked for. A single node has them in memory: a restart ends them all. Of several
 * nodes each has a copy, which nudges refresh, so that requests pay nothing while there are none.
 */
export class Faults {
  readonly #entries = new Map<number, Entry>()
  readonly #shared: SharedFaults | undefined
  #lastId: number
  /** Takes the faults of all nodes from the store. Resolves once what was there at the call is known. */
  readonly refresh: () => Promise<void> = oneAtATime(() => this.#read())
  /** Writes on their way to the store, one after the other. */
  #writes: Promise<void> = Promise.resolve()

  constructor(shared?: SharedFaults) {
    this.#shared = shared
    this.#lastId = shared?.firstId ?? 0
  }

  /** True if no request has to be looked at. */
  get isEmpty(): boolean {
    return !this.#has(isOfRequests)
  }

  /** True if an update may go wrong. */
  get hasPushFaults(): boolean {
    return this.#has(({ push }) => push !== undefined)
  }

  #has(is: (fault: Fault) => boolean): boolean {
    for (const { fault } of this.#entries.values()) if (is(fault)) return true
    return false
  }

  /** True if a fault selects by number, so that the caller's has to be found out. */
  get wantsPhone(): boolean {
    return [...this.#entries.values()].some(({ fault }) => fault.phone !== undefined)
  }

  /** @throws {FaultError} FAULT_INVALID where there is nothing to do, or it cannot be done together; TOO_MANY_FAULTS */
  add(fault: Fault): number {
    checkMethod(fault.method)
    if (isOfRequests(fault)) checkEffects(fault)
    else if (fault.references !== undefined) checkReferences(fault)
    else checkUpdates(fault)
    if (this.#entries.size >= MAX_FAULTS) {
      throw new FaultError('TOO_MANY_FAULTS', `There are ${MAX_FAULTS} faults already.`, 'Remove some first.')
    }
    const id = ++this.#lastId
    const phone = fault.phone === undefined ? undefined : digitsIn(fault.phone)
    const node = fault.connectionId === undefined ? undefined : this.#shared?.firstId
    const added = { ...fault, phone, id }
    this.#entries.set(id, {
      fault: added,
      timesLeft: fault.times ?? Number.POSITIVE_INFINITY,
      matched: 0,
      told: new Set(),
    })
    const stored = { id, fault: JSON.stringify({ ...added, node }), timesLeft: fault.times }
    this.#write((shared) => shared.add(stored))
    return id
  }

  /** Those that are left, the oldest first. */
  list(): ActiveFault[] {
    return [...this.#entries.values()].map(({ fault, timesLeft }) => ({
      ...fault,
      times: fault.times === undefined ? undefined : timesLeft,
    }))
  }

  /** False where there is no such fault. */
  remove(id: number): boolean {
    this.#write((shared) => shared.remove(id))
    return this.#entries.delete(id)
  }

  /** Removes all faults. */
  clear(): void {
    this.#write((shared) => shared.remove(undefined))
    this.#entries.clear()
  }

  /** Resolves once all nodes can know of what was added and removed; rejects if the store has not taken it. */
  settled(): Promise<void> {
    return this.#writes
  }

  async #read(): Promise<void> {
    if (this.#shared === undefined) return
    const stored = await this.#listSettled(this.#shared)
    const former = new Map(this.#entries)
    this.#entries.clear()
    const { firstId } = this.#shared
    for (const { id, fault: json, timesLeft } of stored) {
      const { node, ...fault }: ActiveFault & { node?: number } = JSON.parse(json)
      if (id > this.#lastId && id < firstId + IDS_OF_NODE) this.#lastId = id
      // Connections have numbers of their own on each node.
      if (node !== undefined && node !== firstId) continue
      const { told = new Set<string>(), matched = 0 } = former.get(id) ?? {}
      this.#entries.set(id, { fault, timesLeft: timesLeft ?? Number.POSITIVE_INFINITY, matched, told })
    }
  }

  /** The oldest fault for this request, which counts as one of its times; undefined where there is none. */
  async take(target: FaultTarget): Promise<Fault | undefined> {
    for (const entry of [...this.#entries.values()]) {
      if (!isOfRequests(entry.fault) || !matches(entry.fault, target) || isSentAgain(entry, target)) continue
      entry.matched += 1
      if (entry.matched % (entry.fault.every ?? 1) !== 0) continue
      if (!(await this.#use(entry))) continue
      return entry.fault
    }
    return undefined
  }

  /** The oldest fault for an update to a session of this account, which counts as one of its times. */
  async takePush(userId: bigint | undefined): Promise<Fault | undefined> {
    return await this.#takeOf(userId, ({ push }) => push !== undefined)
  }

  /** The oldest fault for a difference of this account, which counts as one of its times. */
  async takeDifference(userId: bigint): Promise<DifferenceFault | undefined> {
    const fault = await this.#takeOf(userId, ({ difference }) => difference !== undefined)
    return fault?.difference
  }

  /**
   * The round of a user's file references: a number that is another one once they are to have expired, and 0 while no fault
   * says so.
   */
  referenceRound(userId: bigint): number {
    let round = 0
    for (const { fault } of this.#entries.values()) {
      if (fault.references !== undefined && isMeant(fault, userId)) round = (round + fault.id) % ROUNDS
    }
    return round
  }

  /** The data centre that a user's files are in by the oldest fault that says so; undefined: none does. */
  filesMovedTo(userId: bigint): number | undefined {
    for (const { fault } of this.#entries.values()) {
      if (fault.fileDc !== undefined && isMeant(fault, userId)) return fault.fileDc
    }
    return undefined
  }

  async #takeOf(userId: bigint | undefined, is: (fault: Fault) => boolean): Promise<Fault | undefined> {
    if (this.#entries.size === 0) return undefined
    for (const entry of [...this.#entries.values()]) {
      const { fault } = entry
      if (is(fault) && isMeant(fault, userId) && (await this.#use(entry))) return fault
    }
    return undefined
  }

  /** Tells whether a use was left; for faults of several nodes the store decides. */
  async #use(entry: Entry): Promise<boolean> {
    const { id, times } = entry.fault
    if (times === undefined) return true
    if (this.#shared !== undefined) {
      await this.#writes
      if (!(await this.#shared.use(id))) {
        this.#entries.delete(id)
        return false
      }
    }
    entry.timesLeft -= 1
    if (entry.timesLeft <= 0) this.#entries.delete(id)
    return true
  }

  /** The faults in the store, with everything that this node has added and removed. */
  async #listSettled(shared: SharedFaults): Promise<StoredFault[]> {
    for (;;) {
      const writes = this.#writes
      await writes.catch(() => undefined)
      const stored = await shared.list()
      if (writes === this.#writes) return stored
    }
  }

  #write(run: (shared: SharedFaults) => Promise<void>): void {
    const shared = this.#shared
    if (shared === undefined) return
    this.#writes = this.#writes.catch(() => undefined).then(() => run(shared))
    // `settled` reports what went wrong.
    this.#writes.catch(() => undefined)
  }
}

function isOfRequests({ push, difference, references }: Fault): boolean {
  return push === undefined && difference === undefined && references === undefined
}

function isMeant(fault: Fault, userId: bigint | undefined): boolean {
  return fault.userId === undefined || BigInt(fault.userId) === userId
}

/**
 * Clients bind temporary keys by themselves, with each connection. A fault without a method is for what the program calls, and
 * would be used up by that.
 */
const BINDING = 'auth.bindTempAuthKey'

function matches(fault: Fault, target: FaultTarget): boolean {
  const { method, phone, connectionId } = fault
  return (
    (method === undefined ? target.method !== BINDING : method === target.method) &&
    (phone === undefined || phone === target.phone) &&
    (connectionId === undefined || connectionId === target.connectionId) &&
    isMeant(fault, target.userId) &&
    isElsewhere(fault, target)
  )
}

/** A fault for where files are does not concern who asks there. */
function isElsewhere({ fileDc }: Fault, { method, dcId }: FaultTarget): boolean {
  return fileDc === undefined || (fileDc !== dcId && method !== undefined && FILE_READS.has(method))
}

/** Refused each time it comes, a request would never end: what a fault without `times` has refused is let through once. */
function isSentAgain({ fault, told }: Entry, { authKeyId, body }: FaultTarget): boolean {
  if (fault.badSalt !== true || fault.times !== undefined) return false
  const request = `${authKeyId} ${createHash('sha256').update(body).digest('base64')}`
  if (told.delete(request)) return true
  told.add(request)
  const [oldest] = told
  if (oldest !== undefined && told.size > MAX_TOLD) told.delete(oldest)
  return false
}

/** Each of these decides what becomes of a request; two of them cannot. */
const ENDINGS = ['error', 'transport', 'close', 'badSalt', 'duplicateKey', 'cut', 'fileDc'] as const
/** Effects that can still be had on a connection after the method has run. */
const AFTER_DROP: readonly string[] = ['transport', 'close']

/** All that a fault for updates may have. */
const OF_UPDATES: readonly string[] = ['userId', 'push', 'difference', 'delayMs', 'times']

function checkUpdates(fault: Fault): void {
  const { push, difference, delayMs } = fault
  const given = Object.entries(fault).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : name,
  )
  const [other] = given.filter((name) => !OF_UPDATES.includes(name))
  if (other !== undefined) {
    throw invalid(`${other} is for requests, and push and difference are not.`, 'Add one fault for each.')
  }
  if (push !== undefined && difference !== undefined) {
    throw invalid('push and difference exclude each other.', 'Add one fault for each.')
  }
  if (push === 'delay' && delayMs === undefined) {
    throw invalid('An update that is delayed needs a time.', 'Give it delayMs.')
  }
  if (delayMs !== undefined && push !== 'delay' && push !== 'reorder') {
    throw invalid('delayMs goes with the pushes delay and reorder.', 'Leave it out.')
  }
}

function checkReferences(fault: Fault): void {
  const [other] = Object.entries(fault).filter(
    ([name, value]) => value !== undefined && value !== false && name !== 'references' && name !== 'userId',
  )
  if (other === undefined) return
  throw invalid(`references goes with userId only, not with ${other[0]}.`, 'Add one fault for each.')
}

function checkEffects(fault: Fault): void {
  if (fault.fileDc !== undefined && fault.method !== undefined && !FILE_READS.has(fault.method)) {
    throw invalid(`${fault.method} reads no file.`, 'Leave method out, or name upload.getFile.')
  }
  const endings = ENDINGS.filter((name) => fault[name] !== undefined && fault[name] !== false)
  if (endings.length > 1) {
    throw invalid(`${endings.join(' and ')} exclude each other.`, 'Add one fault for each.')
  }
  const [ending] = endings
  if (fault.drop === true && ending !== undefined && !AFTER_DROP.includes(ending)) {
    throw invalid(`drop and ${ending} exclude each other: drop runs the method.`, 'Add one fault for each.')
  }
  if (ending === undefined && fault.drop !== true && fault.delayMs === undefined) {
    throw invalid(
      'The fault has no effect.',
      `Give it ${ENDINGS.join(', ')}, drop, delayMs, push, difference or references. The options: npx cablegram fault --help.`,
    )
  }
}

function checkMethod(method: string | undefined): void {
  if (method === undefined) return
  if (WRAPPER_IDS.has(method)) throw invalid(`${method} is a wrapper.`, 'Name the method inside it.')
  if (isMethodOfAnyLayer(method)) return
  throw invalid(
    `No layer has a method ${method}.`,
    didYouMean(method, methodsOfAnyLayer()) || 'The methods are listed at https://core.telegram.org/methods.',
  )
}

function invalid(why: string, next: string): FaultError {
  return new FaultError('FAULT_INVALID', why, next)
}
