import type { Requests, Updates } from '@cablegram/tl/api'
import { openSent } from './container.ts'
import { spaceOfCall } from './place-of.ts'
import type { UpdatesInput } from './words.ts'

/** The containers of updates, as answers of calls and pushes have them. */
const CONTAINERS: ReadonlySet<string> = new Set<Updates['_']>([
  'updatesTooLong',
  'updateShortMessage',
  'updateShortChatMessage',
  'updateShort',
  'updatesCombined',
  'updates',
  'updateShortSentMessage',
])

const AFFECTED: ReadonlySet<string> = new Set([
  'messages.affectedMessages',
  'messages.affectedHistory',
  'messages.affectedFoundMessages',
])

/** Methods whose answers the machine asks for itself, or which tell the present state of something else. */
const NOT_FOLLOWED = /^updates\./

/** The input that the answer of a call is, if it moves a counter. */
export function inputOfAnswer(
  method: string,
  params: object,
  answer: unknown,
  userId: bigint,
): UpdatesInput | undefined {
  if (NOT_FOLLOWED.test(method) || !isTl(answer)) return undefined
  if (AFFECTED.has(answer._)) {
    const { pts, ptsCount: count } = answer as unknown as { pts: number; ptsCount: number }
    return { kind: 'moved', space: spaceOfCall(params), pts, count }
  }
  // messages.invitedUsers and its like have their updates in a field.
  const container =
    !CONTAINERS.has(answer._) && 'updates' in answer && isTl(answer.updates) ? answer.updates : answer
  if (!CONTAINERS.has(container._)) return undefined
  const updates = container as Updates
  if (updates._ !== 'updateShortSentMessage') return { kind: 'updates', updates, isOwn: true }
  if (method !== 'messages.sendMessage') return { kind: 'missed' }
  const request = params as Requests['messages.sendMessage']
  return { kind: 'updates', updates: openSent(updates, request, userId), isOwn: true }
}

function isTl(value: unknown): value is { readonly _: string } {
  return typeof value === 'object' && value !== null && '_' in value && typeof value._ === 'string'
}
