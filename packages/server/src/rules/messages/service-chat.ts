import type { Courier, Delivery } from '../../courier/port.ts'
import type { Store } from '../../database/store.ts'
import type { Settings } from '../../ground/settings.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import type { InAppMessage } from '../codes/words.ts'
import type { Messages } from './messages.ts'
import { serviceMessage } from './service-message.ts'
import type { NewMessage } from './words.ts'

/** The chat in which the server writes to an account. */
export interface ServiceChat {
  /** The message that brings this code, to be committed with it; undefined where the code goes another way. */
  inApp(delivery: Delivery | undefined): InAppMessage | undefined
  /** The courier of all codes, with what brings those that go to the account's own sessions. */
  readonly courier: Courier
}

/** The service chat, beside the courier that brings codes in every other way. */
export function createServiceChat({
  store,
  courier,
  settings,
  messages,
}: {
  readonly store: Pick<Store, 'look'>
  readonly courier: Courier
  readonly settings: Settings
  readonly messages: Pick<Messages, 'deliver'>
}): ServiceChat {
  const limits = { keptMessages: settings.maxMessages, keptEvents: settings.maxEvents }
  return {
    inApp: (delivery) =>
      delivery?.channel === 'app' ? { message: codeMessage(delivery), limits } : undefined,
    courier: {
      async send(delivery, onTaken) {
        const outcome = await courier.send(delivery, onTaken)
        if (delivery.channel !== 'app' || outcome.kind === 'rejected') return outcome
        // A rule of the operator's may name this way for numbers without an account: then only the inbox has the code.
        const user = await store.look(() => findUserByPhone(delivery.phone))
        if (user !== undefined) await messages.deliver(user.id, codeMessage(delivery))
        return outcome
      },
    },
  }
}

/** A delivery that comes again after a crash is the same message: it has the same random id. */
function codeMessage({ id, text, code, sentAtS }: Delivery): NewMessage {
  const randomId = BigInt.asIntN(64, BigInt(`0x${id}`))
  return serviceMessage({ text, bold: code, dateS: sentAtS, randomId })
}
