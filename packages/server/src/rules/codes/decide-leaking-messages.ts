import { alone, type Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { appendLocked } from '../messages/decide-append-message.ts'
import type { Box, MessageToBoxes, NewMessageEvent } from '../messages/words.ts'
import { endCodes } from './decide-code-holder.ts'
import type { Leak, LeakOutcome } from './words.ts'

/**
 * Puts a message in the boxes of a chat, the writer's first, which are locked. The codes that it gives away end in the same decision: by the
 * time anybody can read them, they are good for nothing.
 */
export function* appendWithLeak(
  secret: Secret,
  given: MessageToBoxes,
  leak: Leak | undefined,
): Decision<LeakOutcome> {
  const outcome = yield* appendLocked(secret, given)
  if (outcome.kind !== 'appended') return { outcome, notice: undefined }
  const [home] = given.boxes
  return { outcome, notice: yield* endLeak(secret, home, leak, given.causedBy) }
}

/** Ends the codes that a message gives away. @returns the message that tells its writer, if one of them was live */
export function* endLeak(
  secret: Secret,
  box: Box,
  leak: Leak | undefined,
  causedBy: bigint | undefined,
): Decision<NewMessageEvent | undefined> {
  if (leak === undefined || !(yield* endCodes(leak.codes, leak.nowMs))) return undefined
  const told = yield* appendLocked(secret, { boxes: [box], message: leak.notice, causedBy })
  return told.kind === 'appended' ? told.event : undefined
}

/** Locks the numbers of codes that a message gives away. A decision that issues a code takes its number before the box, too. */
export function* lockLeak(leak: Leak | undefined): Decision<void> {
  const phones = new Set(leak?.codes.map(({ phone }) => phone))
  for (const phone of [...phones].toSorted()) yield* alone('phone', phone)
}
