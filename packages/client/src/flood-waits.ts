import { RpcError } from '@cablegram/mtproto'
import { showRefusal } from './refusal-text.ts'

/** A wait that the server has asked for. */
export interface FloodWait {
  /** The time of the client's clock when it is over. */
  readonly untilMs: number
  /** The name of the refusal without its number, such as FLOOD_WAIT. */
  readonly type: string
}

/** Waits beyond these are forgotten, the oldest first: the server tells them again. */
const MAX_WAITS = 1_000

/** The waits that the server has asked for, by the kind of calls that they hold up. */
export class FloodWaits {
  readonly #waits = new Map<string, FloodWait>()

  /** The number of waits that are known. */
  get size(): number {
    return this.#waits.size
  }

  /** The wait that holds up a call of these kinds for longest; undefined if none does. */
  of({ own, chat }: CallKinds, nowMs: number): FloodWait | undefined {
    if (this.#waits.size === 0) return undefined
    const waits = [own, chat].map((kind) => (kind === undefined ? undefined : this.#current(kind, nowMs)))
    return waits.reduce((one, other) => (untilOf(other) > untilOf(one) ? other : one), undefined)
  }

  /** Remembers a wait. Slow mode holds up everything that is sent to the chat. */
  note({ own, chat }: CallKinds, wait: FloodWait, nowMs: number): void {
    const kind = wait.type === 'SLOWMODE_WAIT' ? (chat ?? own) : own
    if (kind === undefined) return
    // Noted last, it is forgotten last.
    this.#waits.delete(kind)
    this.#waits.set(kind, wait)
    if (this.#waits.size > MAX_WAITS) this.#shrink(nowMs)
  }

  /** Another account has signed in. */
  clear(): void {
    this.#waits.clear()
  }

  /** The server has answered such a call: it asks for no wait any more. */
  forget({ own, chat }: CallKinds): void {
    if (this.#waits.size === 0) return
    if (own !== undefined) this.#waits.delete(own)
    if (chat !== undefined) this.#waits.delete(chat)
  }

  #current(kind: string, nowMs: number): FloodWait | undefined {
    const wait = this.#waits.get(kind)
    if (wait === undefined || wait.untilMs > nowMs) return wait
    this.#waits.delete(kind)
    return undefined
  }

  #shrink(nowMs: number): void {
    for (const [kind, { untilMs }] of this.#waits) if (untilMs <= nowMs) this.#waits.delete(kind)
    for (const kind of this.#waits.keys()) {
      if (this.#waits.size <= MAX_WAITS) return
      this.#waits.delete(kind)
    }
  }
}

function untilOf(wait: FloodWait | undefined): number {
  return wait?.untilMs ?? Number.NEGATIVE_INFINITY
}

/** The refusal that the server would give now, without asking it. */
export function refusalOf({ untilMs, type }: FloodWait, method: string, nowMs: number): RpcError {
  const refusal = new RpcError(420, `${type}_${Math.ceil((untilMs - nowMs) / 1000)}`, method)
  showRefusal(refusal, refusalOf)
  return refusal
}

/** The kinds of calls that a call is one of. */
export interface CallKinds {
  /** Calls of the same method, and of a send those to the same chat; undefined if waits say nothing about other calls. */
  readonly own: string | undefined
  /** Everything that is sent to the same chat; undefined if the call sends nothing. */
  readonly chat: string | undefined
}

/** Waits of a login may be about a number, a key or an address: only the server knows. */
export const NO_KINDS: CallKinds = { own: undefined, chat: undefined }

/** The kinds of a call. */
export function kindsOfCall(method: string, params: object): CallKinds {
  if (method.startsWith('auth.')) return NO_KINDS
  const { peer, toPeer, randomId }: { peer?: unknown; toPeer?: unknown; randomId?: unknown } = params
  const isAlbum = 'multiMedia' in params
  const chat = randomId === undefined && !isAlbum ? undefined : (toPeer ?? peer)
  if (typeof chat !== 'object' || chat === null) return { own: method, chat: undefined }
  const name = nameOfPeer(chat)
  return { own: `${method} ${name}`, chat: name }
}

/** Its ids; the access hash may be another one. */
function nameOfPeer(peer: object): string {
  const fields = Object.entries(peer).filter(([name]) => name !== 'accessHash')
  return fields.map(([name, value]) => (typeof value === 'object' ? name : `${name}=${value}`)).join(' ')
}
