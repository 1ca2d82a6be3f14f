import type { Arguments, Command } from '../../command.ts'
import { CONSOLE_OPTIONS } from '../../console.ts'
import { parseDuration } from '../../duration.ts'
import { CommandError } from '../../errors.ts'
import { printable } from '../../print.ts'
import { type Card, cardName, type Message, messageContent } from './message-line.ts'
import { askAs, PERSON } from './person-path.ts'
import { inUnits } from './timeout.ts'

interface Event {
  readonly kind: string
  readonly cursor: string
  readonly chat?: Card
  readonly from?: Card
  readonly message?: Message
  readonly messageIds?: readonly number[]
  readonly isPinned?: boolean
  readonly maxId?: number
  readonly action?: string
}

/** The console holds a request for so long; then the command asks again. */
const ASK_MS = 30_000
const GIVEN = { kind: '--kind', with: '--with', from: '--from' } as const

/** `cablegram people events`. */
export const events: Command = {
  name: 'events',
  summary: 'Watch everything that somebody hears of: messages, edits, reads, typing …',
  positionals: [PERSON],
  options: {
    kind: {
      value: 'KIND',
      help: 'only message, edit, delete, read, pin, reaction, poll or typing (default: all)',
    },
    with: { value: 'CHAT', help: 'only in this chat' },
    from: { value: 'WHO', help: 'only by this person' },
    count: { value: 'N', help: 'end after so many (default: at Ctrl-C)' },
    timeout: { value: 'TIME', help: 'end with exit code 1 if nothing comes for so long' },
    json: { help: 'one JSON object a line' },
    ...CONSOLE_OPTIONS,
  },
  examples: [
    ['npx cablegram people events @ada_lovelace', 'show what comes, until Ctrl-C'],
    ['npx cablegram people events @ada_lovelace --kind edit --count 1 --timeout 10s', 'wait for one edit'],
  ],
  async run(args) {
    process.once('SIGINT', () => process.exit(130))
    const timeout = args.text('timeout')
    const [patienceMs, count] = [patienceOf(timeout), args.number('count') ?? Number.POSITIVE_INFINITY]
    let { cursor: after } = (await askAs(args, 'events/cursor')) as { cursor: string }
    for (let shown = 0; shown < count; shown += 1) {
      const event = await nextEvent(args, after, patienceMs)
      if (event === undefined)
        throw new CommandError(`${args.positionals[0]} heard of nothing within ${inUnits(timeout ?? '')}.`)
      process.stdout.write(`${args.flag('json') ? JSON.stringify(event) : lineOf(event)}\n`)
      after = event.cursor
    }
    return 0
  },
}

function patienceOf(timeout: string | undefined): number {
  if (timeout === undefined) return Number.POSITIVE_INFINITY
  return Math.round(parseDuration(timeout, '--timeout') * 1000)
}

/** Asks until an event comes; undefined if none came in time. */
async function nextEvent(args: Arguments, after: string, patienceMs: number): Promise<Event | undefined> {
  const only = Object.keys(GIVEN).flatMap((name) => {
    const value = args.text(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  for (let leftMs = patienceMs; ; leftMs -= ASK_MS) {
    const timeoutMs = Math.min(leftMs, ASK_MS)
    const query = { ...Object.fromEntries(only), after, timeoutMs: String(timeoutMs) }
    const event = (await askAs(args, 'events/wait', { query, given: GIVEN })) as Event | undefined
    if (event !== undefined || leftMs <= ASK_MS) return event
  }
}

/** One line: the kind, the chat, and what happened. */
function lineOf(event: Event): string {
  const { kind, chat, from, message } = event
  const author = from === undefined ? '' : cardName(from)
  const place = chat === undefined || chat.id === from?.id ? '' : `in ${cardName(chat)}`
  const what = message === undefined ? wordsOf(event) : `${message.id}: ${messageContent(message)}`
  return printable([kind.padEnd(8), author, place, what].filter((part) => part !== '').join('  '))
}

function wordsOf({ messageIds, isPinned, maxId, action }: Event): string {
  if (maxId !== undefined) return `up to ${maxId}`
  if (action !== undefined) return action
  const ids = (messageIds ?? []).join(', ')
  return isPinned === false ? `${ids} (unpinned)` : ids
}
