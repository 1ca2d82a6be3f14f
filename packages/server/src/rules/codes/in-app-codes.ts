import type { Courier, Delivery } from '../../courier/port.ts'
import type { Ground } from '../../ground/ground.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import { putNotice } from '../messages/decide-notice.ts'
import { serviceMessage } from '../messages/service-message.ts'
import type { NewMessage } from '../messages/words.ts'
import type { InAppMessage } from './words.ts'

/** The message that brings a code, to be committed with it; undefined if the code goes another way. */
export function inAppMessage(
  { settings }: Pick<Ground, 'settings'>,
  delivery: Delivery | undefined,
): InAppMessage | undefined {
  if (delivery?.channel !== 'app') return undefined
  const limits = { keptMessages: settings.maxMessages, keptEvents: settings.maxEvents }
  return { message: codeMessage(delivery), limits }
}

/** The courier of all codes: it also brings those that go to the account's own sessions. */
export function inAppCourier(on: Ground): Courier {
  return {
    async send(delivery, onTaken) {
      const outcome = await on.courier.send(delivery, onTaken)
      if (delivery.channel !== 'app' || outcome.kind === 'rejected') return outcome
      // A rule of the operator's may name this way for numbers without an account: then only the inbox has the code.
      await on.store.decide(function* () {
        const user = yield* findUserByPhone(delivery.phone)
        if (user !== undefined) yield* putNotice(on, { userId: user.id, message: codeMessage(delivery) })
      })
      return outcome
    },
  }
}

/** A delivery that comes again after a crash is the same message: it has the same random id. */
function codeMessage({ id, text, code, sentAtS }: Delivery): NewMessage {
  const randomId = BigInt.asIntN(64, BigInt(`0x${id}`))
  return serviceMessage({ text, bold: code, dateS: sentAtS, randomId })
}
