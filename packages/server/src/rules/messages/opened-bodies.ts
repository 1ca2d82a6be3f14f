import type { Secret } from '../../database/secret.ts'
import type { MessageContent } from './words.ts'

/** The newest of these are kept. */
const MAX_BODIES = 4_096
/** Longer ones are opened each time. */
const MAX_SEALED_BYTES = 2_048

interface OpenedBody {
  readonly sealed: Uint8Array
  readonly content: MessageContent
}

/** Bodies that were opened lately: a message is mostly read several times, soon after it was written. */
const opened = new WeakMap<Secret, Map<bigint, OpenedBody>>()

/**
 * The content of a body: the one that was opened before if the sealed bytes are still the same, and else what `open` gives. An
 * edited body is sealed anew.
 */
export function contentOf(
  secret: Secret,
  bodyId: bigint,
  sealed: Uint8Array,
  open: () => MessageContent,
): MessageContent {
  const bodies = bodiesOf(secret)
  const known = bodies.get(bodyId)
  if (known !== undefined && Buffer.compare(known.sealed, sealed) === 0) return known.content
  const content = open()
  bodies.delete(bodyId)
  if (sealed.length > MAX_SEALED_BYTES) return content
  bodies.set(bodyId, { sealed, content })
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
