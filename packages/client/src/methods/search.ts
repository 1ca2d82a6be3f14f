import type { InputPeer, Results } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import type { Message } from '../message/message.ts'
import type { CallOptions } from '../options.ts'
import { LIST_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { PAGE, pageOf } from './pages.ts'
import { repeatable } from './sending.ts'

/** Options of a search in all chats. */
export interface SearchOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** At most so many messages. Default: all. */
  readonly limit?: number | undefined
}

/**
 * Searches the messages of all chats, the newest first. For one chat, give `search` to `history`.
 *
 * @throws UsageError OPTION_INVALID; RpcError such as SEARCH_QUERY_EMPTY
 *
 * @example
 * ```ts
 * import { search, type TelegramClient } from '@cablegram/client'
 *
 * export async function whoSaid(client: TelegramClient, words: string): Promise<string[]> {
 *   const names: string[] = []
 *   for await (const { sender } of search(client, words, { limit: 20 })) names.push(sender.title)
 *   return names
 * }
 * ```
 */
export async function* search(
  client: MethodClient,
  words: string,
  options: SearchOptions = {},
): AsyncGenerator<Message, void, undefined> {
  checkOptions(options, LIST_CHECKS, 'of search')
  const { limit = Number.POSITIVE_INFINITY } = options
  const seen = new Set<string>()
  let left = limit
  let from: Place | undefined = START
  while (left > 0 && from) {
    const answer: Results['messages.searchGlobal'] = await client.call(
      'messages.searchGlobal',
      {
        q: words,
        filter: { _: 'inputMessagesFilterEmpty' },
        minDate: 0,
        maxDate: 0,
        limit: Math.min(left, PAGE),
        ...from,
      },
      repeatable(options),
    )
    const page = pageOf(client, answer)
    const fresh = page.messages.filter((message) => !seen.has(keyOf(message)))
    for (const message of fresh.slice(0, left)) {
      options.signal?.throwIfAborted()
      seen.add(keyOf(message))
      yield message
    }
    left -= fresh.length
    from = page.isWhole || fresh.length === 0 ? undefined : placeAfter(answer, fresh)
  }
}

interface Place {
  readonly offsetRate: number
  readonly offsetPeer: InputPeer
  readonly offsetId: number
}

const START: Place = { offsetRate: 0, offsetPeer: { _: 'inputPeerEmpty' }, offsetId: 0 }

function keyOf({ chat, id }: Message): string {
  return `${chat.id} ${id}`
}

function placeAfter(
  answer: Results['messages.searchGlobal'],
  messages: readonly Message[],
): Place | undefined {
  const last = messages.at(-1)
  if (!last?.chat.inputPeer) return undefined
  const nextRate = answer._ === 'messages.messagesSlice' ? answer.nextRate : undefined
  return { offsetRate: nextRate ?? last.dateS, offsetPeer: last.chat.inputPeer, offsetId: last.id }
}
