import { refusal } from '../refusal.ts'

/** A part of a file, as a client asks for it. */
export interface Asked {
  readonly offset: bigint
  readonly limit: number
  /** The client may cut at smaller steps. */
  readonly precise: boolean
}

const KIB = 1024
const MIB = KIB * KIB

/** Checks that a part may be asked for. @throws {RpcError} LIMIT_INVALID, OFFSET_INVALID */
export function checkAsked({ offset, limit, precise }: Asked): void {
  const step = precise ? KIB : 4 * KIB
  if (limit <= 0 || limit > MIB || limit % step !== 0) throw refusal('LIMIT_INVALID')
  if (!precise && MIB % limit !== 0) throw refusal('LIMIT_INVALID')
  if (offset < 0n || offset % BigInt(step) !== 0n) throw refusal('OFFSET_INVALID')
  const isInOneMib = offset / BigInt(MIB) === (offset + BigInt(limit) - 1n) / BigInt(MIB)
  if (!isInOneMib) throw refusal('OFFSET_INVALID')
}
