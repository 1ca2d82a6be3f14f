import type { Caller } from '../../ground/caller.ts'
import { refusal } from '../refusal.ts'
import { deliveryBy } from './code-deliveries.ts'
import { codePepper, digestsOf } from './codes.ts'
import { releaseCode } from './decide-code-steps.ts'
import type { CodeGround } from './deliveries.ts'
import { findHeldCode } from './live-codes.ts'
import type { FirebaseSmsRequest } from './words.ts'

/**
 * Sends an SMS that was kept back. False if the device has shown nothing, or the SMS was refused: resendCode goes on.
 *
 * @throws {RpcError} PHONE_CODE_EMPTY, PHONE_NUMBER_INVALID
 */
export async function sendFirebaseSms(
  on: CodeGround,
  caller: Caller,
  request: FirebaseSmsRequest,
): Promise<boolean> {
  const { store, clock, random, deliveries } = on
  const live = await findHeldCode(on, caller, request, 400)
  if (live?.chain[live.step] !== 'firebase') throw refusal('PHONE_CODE_EMPTY')
  // Nobody but Google and Apple can tell whether an attestation is genuine; here it only has to be there.
  if (request.attestation === '') return false
  const delivery = deliveryBy('firebase', live, random)
  if (delivery === undefined) return false
  const withheld = { ref: live, delivery, digests: digestsOf(codePepper(on), live), nowMs: clock.nowMs() }
  const outcome = await store.decide(() => releaseCode(store.secret, withheld))
  // A repeat of this very request was quicker: the SMS is on its way.
  return outcome === 'moved' || (await deliveries.send(delivery))
}
