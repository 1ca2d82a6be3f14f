import { isNudge, type Nudge } from './nudge.ts'

/** A message of the bus, as JSON. One without nudges is a beat: its node is there. */
export interface Message {
  readonly node: string
  /** The node closes, and will not be heard again. */
  readonly isBye: boolean
  /** The messages of a node have numbers without a hole. Undefined: an older version sends it. */
  readonly number: number | undefined
  readonly nudges: readonly Nudge[]
}

/** A nudge has at most about a hundred characters. */
const NUDGES_A_MESSAGE = 100
const MAX_MESSAGE_CHARACTERS = 65_536
const MAX_NODE_CHARACTERS = 64

/** The messages that carry these nudges: one at least. @param first the number of the first */
export function messagesOf(
  { node, first, isBye = false }: { readonly node: string; readonly first: number; readonly isBye?: boolean },
  nudges: readonly Nudge[],
): string[] {
  const messages: string[] = []
  for (let at = 0; at === 0 || at < nudges.length; at += NUDGES_A_MESSAGE) {
    const part = nudges.slice(at, at + NUDGES_A_MESSAGE)
    const n = first + messages.length
    messages.push(JSON.stringify({ node, n, nudges: part, ...(isBye && { bye: true }) }))
  }
  return messages
}

/** Undefined for what no node sends. Nudges that this version does not know are left out: a newer node sends them. */
export function readMessage(text: string): Message | undefined {
  if (text.length > MAX_MESSAGE_CHARACTERS) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('node' in value) || !('nudges' in value))
    return undefined
  const { node, nudges } = value
  if (typeof node !== 'string' || node.length > MAX_NODE_CHARACTERS || !Array.isArray(nudges))
    return undefined
  const number = 'n' in value && Number.isSafeInteger(value.n) ? Number(value.n) : undefined
  return { node, isBye: 'bye' in value && value.bye === true, number, nudges: nudges.filter(isNudge) }
}
