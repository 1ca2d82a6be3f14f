import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Settings, TermsSettings } from '../../ground/settings.ts'
import { acceptTerms, findAcceptedTerms } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'

/** The terms of service as they are now. */
export interface CurrentTerms extends TermsSettings {
  /** Changes with the terms. */
  readonly id: string
}

const ID_LENGTH = 16

/** The terms of service in force; undefined if the operator has none. */
export function currentTerms({ terms }: Pick<Settings, 'terms'>): CurrentTerms | undefined {
  return terms && { ...terms, id: idOf(terms) }
}

/** The terms that the caller has not accepted yet: new ones are put to everybody. */
export async function findPendingTerms(
  { store, settings }: Ground,
  { state }: Caller,
): Promise<CurrentTerms | undefined> {
  const userId = requireUserId(state)
  const current = currentTerms(settings)
  if (current === undefined) return undefined
  return (await store.look(() => findAcceptedTerms(userId))) === current.id ? undefined : current
}

/** Notes that the caller accepts the terms. @throws {RpcError} DATA_JSON_INVALID if these are not the ones in force */
export async function acceptCurrentTerms(on: Ground, { state }: Caller, id: string): Promise<void> {
  const userId = requireUserId(state)
  if (id !== currentTerms(on.settings)?.id) throw refusal('DATA_JSON_INVALID')
  await keep(on, userId, id)
}

/** Notes that a new account accepts the terms: its owner has been shown them. */
export async function acceptTermsAtSignUp(on: Ground, userId: bigint): Promise<void> {
  const current = currentTerms(on.settings)
  if (current !== undefined) await keep(on, userId, current.id)
}

async function keep({ store, clock }: Ground, userId: bigint, termsId: string): Promise<void> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  await store.decide(() => acceptTerms(userId, termsId, nowS))
}

function idOf({ text, popup, minAge }: TermsSettings): string {
  const all = JSON.stringify([text, popup, minAge ?? null])
  return createHash('sha256').update(all).digest('hex').slice(0, ID_LENGTH)
}
