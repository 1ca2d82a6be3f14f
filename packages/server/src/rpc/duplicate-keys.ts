import { networkOf, type Settings } from '../rules/index.ts'

/** The network in which a key was used last, and the one before. */
interface Use {
  readonly network: string
  readonly atMs: number
  readonly before: { readonly network: string; readonly atMs: number } | undefined
  readonly toldAtMs: number
}

const MAX_KEYS = 100_000

/**
 * Notices that a permanent key is used from two addresses at the same time. A device that moves from one network to
 * another comes back to the first in its own time; who is here, there and here again within seconds is two.
 */
export class DuplicateKeys {
  readonly policy: Settings['duplicateKeys']
  readonly #withinMs: number
  /** By permanent key, the longest unused first. */
  readonly #uses = new Map<bigint, Use>()

  constructor({ duplicateKeys, duplicateWithinS }: Pick<Settings, 'duplicateKeys' | 'duplicateWithinS'>) {
    this.policy = duplicateKeys
    this.#withinMs = duplicateWithinS * 1000
  }

  /** Notes that the key is used; true, but not each time, where that shows that two use it. */
  note(authKeyId: bigint, ip: string, nowMs: number): boolean {
    if (this.policy === 'off' || ip === '') return false
    const network = networkOf(ip)
    const last = this.#uses.get(authKeyId)
    const moved = last !== undefined && last.network !== network
    const before = moved ? last : last?.before
    const isUsedByTwo = moved && last.before?.network === network && nowMs - last.before.atMs < this.#withinMs
    const isNews = isUsedByTwo && nowMs - last.toldAtMs >= this.#withinMs
    this.#uses.delete(authKeyId)
    this.#uses.set(authKeyId, {
      network,
      atMs: nowMs,
      before: before && { network: before.network, atMs: before.atMs },
      toldAtMs: isNews ? nowMs : (last?.toldAtMs ?? Number.NEGATIVE_INFINITY),
    })
    const [oldest] = this.#uses.keys()
    if (oldest !== undefined && this.#uses.size > MAX_KEYS) this.#uses.delete(oldest)
    return isNews
  }
}
