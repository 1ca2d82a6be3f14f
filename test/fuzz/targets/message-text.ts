import { deepEqual, ok } from 'node:assert'
import { formatText, messageText } from '../../../packages/server/src/rules/chats/text/format.ts'
import { findQuote } from '../../../packages/server/src/rules/chats/text/quote.ts'
import type { TextEntity } from '../../../packages/server/src/rules/messages/words.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, Bytes, join, pick, type Target } from '../target.ts'

const PIECES = [
  'word',
  ' ',
  '\n',
  '\r',
  '\t',
  '\u202a',
  '\u200b',
  '😀',
  'é',
  '@name',
  '#tag',
  '$USD',
  '/go@bot',
  'example.com/a(b)',
  'a@b.de',
  '+49 123 4567',
  'https://',
  '[',
  '.',
]
const PLACES = ['bold', 'italic', 'spoiler', 'code', 'url', 'mention', 'diffInsert'] as const
const encoder = new TextEncoder()
const decoder = new TextDecoder()
/** Offset, length and kind of an entity, in front of the text. */
const ENTITY_BYTES = 3

/** A text as somebody writes it: a number of entities, their places, and the text in UTF-8. */
export const messageTexts: Target = {
  name: 'message-text',
  words: PIECES.map((piece) => encoder.encode(piece)),
  make(rng: Rng) {
    const count = rng.between(0, 6)
    const places = rng.bytes(count * ENTITY_BYTES).map((byte) => byte % 24)
    const pieces = Array.from({ length: rng.between(1, 12) }, () => encoder.encode(pick(rng, PIECES)))
    return join(Uint8Array.of(count), places, ...pieces)
  },
  run(input) {
    const bytes = new Bytes(input)
    const entities = Array.from({ length: bytes.byte() % 128 }, () => entityOf(bytes))
    const text = decoder.decode(bytes.rest())
    const written = { text, entities }
    attempt(() => messageText(written, 1000))
    const formatted = attempt(() => formatText(written))
    if (formatted === undefined) return
    checkNested(formatted)
    if (formatted.entities.length < 50) deepEqual(formatText(formatted), formatted)
    const quote = attempt(() => findQuote({ ...written, offset: entities.length }, formatted.text))
    if (quote !== undefined) ok(formatted.text.startsWith(quote.text, quote.offset))
  },
}

function entityOf(bytes: Bytes): TextEntity {
  const [offset, length, which] = [bytes.byte(), bytes.byte(), bytes.byte()]
  const kind = PLACES[which % (PLACES.length + 3)]
  if (kind !== undefined) return { kind, offset, length }
  if (which % 3 === 0) return { kind: 'pre', offset, length, language: '' }
  if (which % 3 === 1) return { kind: 'blockquote', offset, length, isCollapsed: false }
  return { kind: 'textUrl', offset, length, url: 'https://example.org' }
}

function checkNested({ text, entities }: { text: string; entities: readonly TextEntity[] }): void {
  const open: number[] = []
  for (const { offset, length } of entities) {
    const end = offset + length
    ok(offset >= 0 && length > 0 && end <= text.length && text.slice(offset, end).isWellFormed())
    while ((open.at(-1) ?? end) <= offset) open.pop()
    ok(end <= (open.at(-1) ?? end))
    open.push(end)
  }
}
