/**
 * Lists of chats that a client says it has already. Its hash is made of the newest messages' ids, and answers do not tell one:
 * read marks, names and drafts may have changed under the same hash. So whoever asks with a hash is answered that nothing has
 * changed only if this process gave that key the very same list before.
 */
import { createHash } from 'node:crypto'
import type { HandlerContext } from './handler.ts'
import { listHash } from './list-hash.ts'

/** Lists that are remembered; the oldest is forgotten. */
const MAX_LISTS = 1000

const given = new WeakMap<HandlerContext['on']['store'], Map<string, string>>()

interface AskedList {
  readonly _: string
  readonly hash: bigint
}

interface GivenList {
  readonly dialogs: readonly object[]
}

/** Tells whether the caller has a list as it is now. Asking with hash 0 is free, and never is told so. */
export function isKnownList(request: AskedList, list: GivenList, { on, caller }: HandlerContext): boolean {
  const { hash, ...page } = request
  if (hash === 0n) return false
  const lists = given.get(on.store) ?? new Map<string, string>()
  given.set(on.store, lists)
  const name = digestOf([caller.authKeyId, caller.layer, page])
  const [now, before] = [digestOf(list), lists.get(name)]
  lists.delete(name)
  lists.set(name, now)
  const [oldest] = lists.size > MAX_LISTS ? lists.keys() : []
  if (oldest !== undefined) lists.delete(oldest)
  return now === before && hash === listHash(list.dialogs.map(topOf))
}

function topOf(dialog: object): number {
  return 'topMessage' in dialog && typeof dialog.topMessage === 'number' ? dialog.topMessage : 0
}

function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each))
  return createHash('sha256').update(text).digest('base64')
}
