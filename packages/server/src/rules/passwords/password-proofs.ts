import { createHash } from 'node:crypto'
import type { RpcError } from '@cablegram/mtproto'
import { DH_GENERATOR, DH_PRIME, isPasswordProven, type PasswordAlgo } from '@cablegram/mtproto/crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { failureBudget } from '../codes/budgets.ts'
import { refusal } from '../refusal.ts'
import type { NewPassword, NotProven, PasswordProof, ProvePassword } from './words.ts'

/** The answer of a client to a password question. */
export interface PasswordAnswer {
  readonly srpId: bigint
  /** A of SRP. */
  readonly a: Uint8Array
  /** M1 of SRP. */
  readonly m1: Uint8Array
}

const A_BYTES = 256
const M1_BYTES = 32

/** The numbers that every password here is kept with: all clients take this prime and no other. */
export function algoOf({ salt1, salt2 }: Pick<NewPassword, 'salt1' | 'salt2'>): PasswordAlgo {
  return { salt1, salt2, g: DH_GENERATOR, p: DH_PRIME }
}

/**
 * Makes an answer into what a decision checks, for whichever account. No answer: the client says that there is no password.
 *
 * @throws {RpcError} PASSWORD_HASH_INVALID for what cannot be an answer
 */
export function proofBy(
  { clock, settings }: Pick<Ground, 'clock' | 'settings'>,
  caller: Pick<Caller, 'authKeyId' | 'ip'>,
  answer: PasswordAnswer | undefined,
): Omit<ProvePassword, 'userId'> {
  const { limit } = settings.password
  return {
    authKeyId: caller.authKeyId,
    proof: answer && proofOf(answer),
    limit: { max: limit.max, windowMs: limit.windowS * 1000, maxWaitMs: limit.maxWaitS * 1000 },
    failures: failureBudget(caller, settings),
    nowMs: clock.nowMs(),
  }
}

function proofOf({ srpId, a, m1 }: PasswordAnswer): PasswordProof {
  if (a.length > A_BYTES || m1.length !== M1_BYTES) throw refusal('PASSWORD_HASH_INVALID')
  return {
    srpId,
    digest: createHash('sha256').update(m1).update(a).digest(),
    isRight: (password, question) =>
      isPasswordProven(algoOf(password), password.verifier, question, { a, m1 }),
  }
}

/** The refusal of a password that was not given. X is the true number of seconds left. */
export function proofRefusal(outcome: NotProven, nowMs: number): RpcError {
  switch (outcome.kind) {
    case 'wrong':
      return refusal('PASSWORD_HASH_INVALID')
    case 'staleQuestion':
      return refusal('SRP_ID_INVALID')
    case 'passwordChanged':
      return refusal('SRP_PASSWORD_CHANGED')
    case 'noLogin':
      return refusal('AUTH_KEY_UNREGISTERED')
    case 'locked':
      return refusal('FLOOD_WAIT_X', { x: Math.max(1, Math.ceil((outcome.untilMs - nowMs) / 1000)) })
  }
}
