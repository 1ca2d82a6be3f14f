import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { TermsSettings } from '../../ground/settings.ts'
import { acceptTerms, findAcceptedTerms } from '../accounts/decide-users.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'

/** The terms of service as they are now. */
export interface CurrentTerms extends TermsSettings {
  /** Changes with them. */
  readonly id: string
}

/** The terms of service, where the operator has any. */
export interface Terms {
  readonly current: CurrentTerms | undefined
  /** Those that who is signed in has not accepted yet. */
  pending(caller: Caller): Promise<CurrentTerms | undefined>
  /** @throws {RpcError} DATA_JSON_INVALID where these are not the ones in force */
  accept(caller: Caller, id: string): Promise<void>
  /** Who signs up has been shown them, and accepts them with that. */
  acceptAtSignUp(userId: bigint): Promise<void>
}

/** The rules of the terms of service: new ones are put to everybody. */
export function createTerms({ store, clock, settings }: Pick<Ground, 'store' | 'clock' | 'settings'>): Terms {
  const current = settings.terms && { ...settings.terms, id: idOf(settings.terms) }

  const keep = async (userId: bigint, termsId: string): Promise<void> => {
    await store.decide(() => acceptTerms(userId, termsId, Math.floor(clock.nowMs() / 1000)))
  }

  return {
    current,
    async pending({ state }) {
      const userId = requireUserId(state)
      if (current === undefined) return undefined
      return (await store.look(() => findAcceptedTerms(userId))) === current.id ? undefined : current
    },
    async accept({ state }, id) {
      const userId = requireUserId(state)
      if (id !== current?.id) throw refusal('DATA_JSON_INVALID')
      await keep(userId, id)
    },
    async acceptAtSignUp(userId) {
      if (current !== undefined) await keep(userId, current.id)
    },
  }
}

const ID_LENGTH = 16

function idOf({ text, popup, minAge }: TermsSettings): string {
  const all = JSON.stringify([text, popup, minAge ?? null])
  return createHash('sha256').update(all).digest('hex').slice(0, ID_LENGTH)
}
