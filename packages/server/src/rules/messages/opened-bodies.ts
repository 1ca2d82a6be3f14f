import { sealIdOf } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { MessageContent } from './words.ts'

/** The newest of these are kept. */
const MAX_BODIES = 4_096
/** Longer ones are opened each time. */
const MAX_SEALED_BYTES = 2_048

interface OpenedBody {
  readonly sealId: bigint
  readonly content: MessageContent
}

/** Bodies that were opened lately: a message is mostly read several times, soon after it was written. */
const opened = new WeakMap<Secret, Map<bigint, OpenedBody>>()

/** The content of a body that was opened since it was sealed under this number; an edited body is sealed anew. */
export function openedBefore(secret: Secret, bodyId: bigint, sealId: bigint): MessageContent | undefined {
  const known = opened.get(secret)?.get(bodyId)
  return known?.sealId === sealId ? known.content : undefined
}

/** The content of a body: the one that was opened before if the sealed bytes are still the same, and else what `open` gives. */
export function contentOf(
  secret: Secret,
  bodyId: bigint,
  sealed: Uint8Array,
  open: () => MessageContent,
): MessageContent {
  const sealId = sealIdOf(sealed)
  const known = openedBefore(secret, bodyId, sealId)
  if (known !== undefined) return known
  const content = open()
  const bodies = bodiesOf(secret)
  bodies.delete(bodyId)
  if (sealed.length > MAX_SEALED_BYTES) return content
  bodies.set(bodyId, { sealId, content })
  const [oldest] = bodies.size > MAX_BODIES ? bodies.keys() : []
  if (oldest !== undefined) bodies.delete(oldest)
  return content
}

function bodiesOf(secret: Secret): Map<bigint, OpenedBody> {
  const known = opened.get(secret)
  if (known !== undefined) return known
  const bodies = new Map<bigint, OpenedBody>()
  opened.set(secret, bodies)
  return bodies
}
