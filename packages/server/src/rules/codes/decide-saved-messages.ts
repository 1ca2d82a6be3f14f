import { alone, type Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { appendMessage } from '../messages/decide-append-message.ts'
import type { Box, NewMessage } from '../messages/words.ts'
import { endCodes } from './decide-code-holder.ts'
import type { Leak, SaveOutcome } from './words.ts'

/**
 * Puts a message in its writer's box. The codes that it gives away end in the same decision: by the time anybody can read
 * them, they are good for nothing.
 *
 * @param causedBy the writer's key
 */
export function* saveMessage(
  secret: Secret,
  box: Box,
  message: NewMessage,
  leak: Leak | undefined,
  causedBy?: bigint,
): Decision<SaveOutcome> {
  // A decision that issues a code takes its number before the box, too.
  const phones = new Set(leak?.codes.map(({ phone }) => phone))
  for (const phone of [...phones].toSorted()) yield* alone('phone', phone)
  const outcome = yield* appendMessage(secret, box, message, causedBy)
  if (outcome.kind !== 'appended' || leak === undefined) return { outcome, notice: undefined }
  const hasEnded = yield* endCodes(leak.codes, leak.nowMs)
  const notice = hasEnded ? yield* appendMessage(secret, box, leak.notice, causedBy) : undefined
  return { outcome, notice: notice?.kind === 'appended' ? notice.event : undefined }
}
