import type { Ground } from '../../ground/ground.ts'
import type { Login } from '../logins/words.ts'
import { refusal } from '../refusal.ts'
import { deliveryBy } from './code-deliveries.ts'
import { digestsOf } from './codes.ts'
import { releaseCode } from './decide-code-steps.ts'
import type { Deliveries } from './deliveries.ts'
import type { LiveCodes } from './live-codes.ts'

/** auth.requestFirebaseSms. */
export function createFirebase(
  { store, clock, random }: Ground,
  { codes, deliveries, pepper }: { codes: LiveCodes; deliveries: Deliveries; pepper: Uint8Array },
): Pick<Login, 'requestFirebaseSms'> {
  return {
    async requestFirebaseSms(caller, request) {
      const live = await codes.find(caller, request)
      if (live?.chain[live.step] !== 'firebase') throw refusal('PHONE_CODE_EMPTY')
      // Nobody but Google and Apple can tell whether it is genuine: that there is one is all that is looked at.
      if (request.attestation === '') return false
      const delivery = deliveryBy('firebase', live, random)
      if (delivery === undefined) return false
      const digests = digestsOf(pepper, live)
      const withheld = { ref: live, delivery, digests, nowMs: clock.nowMs() }
      const outcome = await store.decide(() => releaseCode(store.secret, withheld))
      // A repeat of this very request was quicker: the SMS is on its way.
      return outcome === 'moved' || (await deliveries.send(delivery))
    },
  }
}
