import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { appendMessage } from '../messages/decide-append-message.ts'
import type { Box, NewMessage } from '../messages/words.ts'
import { cancelCode } from './decide-code-holder.ts'
import type { Leak, SaveOutcome } from './words.ts'

/**
 * Puts a message in its writer's box. The codes that it gives away end in the same decision: by the time anybody can read
 * them, they are good for nothing.
 */
export function* saveMessage(
  secret: Secret,
  box: Box,
  message: NewMessage,
  leak: Leak | undefined,
): Decision<SaveOutcome> {
  const outcome = yield* appendMessage(secret, box, message)
  if (outcome.kind === 'noBox') return outcome
  if (outcome.kind === 'repeated' || leak === undefined) return { ...outcome, notice: undefined }
  let hasEnded = false
  for (const code of leak.codes) if (yield* cancelCode(code, leak.nowMs)) hasEnded = true
  const notice = hasEnded ? yield* appendMessage(secret, box, leak.notice) : undefined
  return { ...outcome, notice: notice?.kind === 'appended' ? notice.event : undefined }
}
