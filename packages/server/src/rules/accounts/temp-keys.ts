import type { ServerKey } from '@cablegram/mtproto'
import type { Clock } from '../../ground/clock.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import type { KeyRecords } from './key-records.ts'

/** A temporary key in this node's memory; losing it costs the client a new one, not its login. */
export interface TempKey {
  readonly key: ServerKey
  readonly dcId: number
  /** The client named a data centre of the test environment. */
  readonly isTest: boolean
  /** The permanent key it speaks for; undefined until it is bound. */
  readonly permAuthKeyId: bigint | undefined
  /** Unix seconds on the rules' clock. */
  readonly expiresAtS: number
}

/** The statements of auth.bindTempAuthKey and of the message inside it; the two have to say the same. */
export interface BindTempAuthKey {
  /** The key the packet came under. */
  readonly tempAuthKeyId: bigint
  readonly sessionId: bigint
  readonly msgId: bigint
  readonly permAuthKeyId: bigint
  readonly nonce: bigint
  /** By the wall clock, as the client knows it. */
  readonly expiresAtS: number
  /** Unix seconds on the wall clock. */
  readonly nowS: number
  /** Undefined where the encrypted message did not decrypt, or was of another shape. */
  readonly inner:
    | {
        readonly msgId: bigint
        readonly seqNo: number
        readonly nonce: bigint
        readonly tempAuthKeyId: bigint
        readonly permAuthKeyId: bigint
        readonly tempSessionId: bigint
        readonly expiresAtS: number
      }
    | undefined
}

/** The parts that temporary keys need. */
interface OnTempKeys {
  readonly keyRecords: KeyRecords
  readonly clock: Clock
  readonly settings: Pick<Settings, 'dcs' | 'maxTempKeys' | 'maxTempKeysPerKey'>
}

/**
 * Temporary keys and their bindings, in memory: the rules of protocol.md section 10. All keys bound to a permanent key stay
 * good until they expire: clients bind one for each of their connections at the same time, whatever the documentation says
 * of replacing.
 */
export class TempKeys {
  readonly #on: OnTempKeys
  // Maps keep the order of insertion, so the first entry is always the oldest.
  readonly #all = new Map<bigint, TempKey>()
  readonly #bound = new Map<bigint, Set<bigint>>()
  readonly #listeners: ((authKeyId: bigint) => void)[] = []

  constructor(on: OnTempKeys) {
    this.#on = on
  }

  /** @returns false where the id is taken */
  keep(key: ServerKey, named: Pick<TempKey, 'dcId' | 'isTest'>): boolean {
    const { authKey, expiresAtS } = key
    if (expiresAtS === undefined || this.#all.has(authKey.id)) return false
    this.#all.set(authKey.id, { key, ...named, permAuthKeyId: undefined, expiresAtS })
    const [oldest] = this.#all.keys()
    if (oldest !== undefined && this.#all.size > this.#on.settings.maxTempKeys) this.#evict(oldest)
    return true
  }

  /** @returns undefined where there is none, or it has expired */
  find(authKeyId: bigint): TempKey | undefined {
    const key = this.#all.get(authKeyId)
    if (key === undefined || key.expiresAtS * 1000 > this.#on.clock.nowMs()) return key
    this.#evict(authKeyId)
    return undefined
  }

  /** @throws {RpcError} 400 TEMP_AUTH_KEY_EMPTY, ENCRYPTED_MESSAGE_INVALID, EXPIRES_AT_INVALID, TEMP_AUTH_KEY_ALREADY_BOUND */
  async bind(request: BindTempAuthKey): Promise<true> {
    const { keyRecords, clock, settings } = this.#on
    if (this.find(request.tempAuthKeyId) === undefined) throw refusal('TEMP_AUTH_KEY_EMPTY')
    if (!agrees(request)) throw refusal('ENCRYPTED_MESSAGE_INVALID')
    // The wire has 32 bits for a time: from 2038 on it is negative.
    const leftS = (request.expiresAtS - request.nowS) | 0
    if (leftS <= 0) throw refusal('EXPIRES_AT_INVALID')
    const permKey = await keyRecords.find(request.permAuthKeyId)
    if (permKey === undefined) throw refusal('ENCRYPTED_MESSAGE_INVALID')
    // Nothing is awaited from here on, so the decision is one: the key may have gone, or been bound, meanwhile.
    const key = this.find(request.tempAuthKeyId)
    if (key === undefined) throw refusal('TEMP_AUTH_KEY_EMPTY')
    // Keys are never shared between data centres.
    if (settings.dcs > 1 && key.dcId !== permKey.dcId) throw refusal('ENCRYPTED_MESSAGE_INVALID')
    if (key.permAuthKeyId !== undefined && key.permAuthKeyId !== request.permAuthKeyId) {
      throw refusal('TEMP_AUTH_KEY_ALREADY_BOUND')
    }
    // Clients compute expires_at after the exchange from their own clock and overshoot: clamp, don't refuse.
    const expiresAtS = Math.min(
      key.key.expiresAtS ?? key.expiresAtS,
      Math.floor(clock.nowMs() / 1000) + leftS,
    )
    this.#remember(request.tempAuthKeyId, key, request.permAuthKeyId, expiresAtS)
    return true
  }

  /** @returns false where there is none */
  drop(authKeyId: bigint): boolean {
    const key = this.#all.get(authKeyId)
    if (key === undefined) return false
    this.#all.delete(authKeyId)
    if (key.permAuthKeyId === undefined) return true
    const siblings = this.#bound.get(key.permAuthKeyId)
    siblings?.delete(authKeyId)
    if (siblings?.size === 0) this.#bound.delete(key.permAuthKeyId)
    return true
  }

  /** Drops every key bound to this permanent one, but those in `except`; their packets get -404 from then on. */
  dropBound(permAuthKeyId: bigint, except: ReadonlySet<bigint>): void {
    for (const authKeyId of this.boundTo(permAuthKeyId)) if (!except.has(authKeyId)) this.#evict(authKeyId)
  }

  /** Temporary keys that speak for this permanent key, oldest binding first. */
  boundTo(permAuthKeyId: bigint): bigint[] {
    return [...(this.#bound.get(permAuthKeyId) ?? [])]
  }

  /** Tells of each key that made room, has expired or was dropped for its owner: its packets get -404 from then on. */
  onEvicted(listener: (authKeyId: bigint) => void): void {
    this.#listeners.push(listener)
  }

  #evict(authKeyId: bigint): void {
    this.drop(authKeyId)
    for (const listener of this.#listeners) listener(authKeyId)
  }

  #remember(authKeyId: bigint, key: TempKey, permAuthKeyId: bigint, expiresAtS: number): void {
    this.#all.set(authKeyId, { ...key, permAuthKeyId, expiresAtS })
    const siblings = this.#bound.get(permAuthKeyId) ?? new Set()
    this.#bound.set(permAuthKeyId, siblings.add(authKeyId))
    const [oldest] = siblings
    if (oldest !== undefined && siblings.size > this.#on.settings.maxTempKeysPerKey) this.#evict(oldest)
  }
}

function agrees({ inner, ...outer }: BindTempAuthKey): boolean {
  return (
    inner !== undefined &&
    inner.seqNo === 0 &&
    inner.msgId === outer.msgId &&
    inner.nonce === outer.nonce &&
    inner.tempAuthKeyId === outer.tempAuthKeyId &&
    inner.permAuthKeyId === outer.permAuthKeyId &&
    inner.tempSessionId === outer.sessionId &&
    inner.expiresAtS === outer.expiresAtS
  )
}
