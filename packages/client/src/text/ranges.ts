import type { MessageEntity } from '@cablegram/tl/api'

/** Formatting that is a pair of marks around a text, and may cross other formatting. */
export type Mark =
  | 'messageEntityBold'
  | 'messageEntityItalic'
  | 'messageEntityUnderline'
  | 'messageEntityStrike'
  | 'messageEntitySpoiler'

const MARKS: ReadonlySet<string> = new Set<Mark>([
  'messageEntityBold',
  'messageEntityItalic',
  'messageEntityUnderline',
  'messageEntityStrike',
  'messageEntitySpoiler',
])
const CODE: ReadonlySet<string> = new Set(['messageEntityCode', 'messageEntityPre'])
const LINKS: ReadonlySet<string> = new Set([
  'messageEntityTextUrl',
  'messageEntityMentionName',
  'messageEntityCustomEmoji',
])

/** Whether an entity is bold, italic and the like. */
export function isMark(entity: MessageEntity): entity is Extract<MessageEntity, { _: Mark }> {
  return MARKS.has(entity._)
}

/** Whether an entity is code, in which nothing else is formatted. */
export function isCode(entity: MessageEntity): boolean {
  return CODE.has(entity._)
}

/** Whether an entity leads somewhere, or stands for a picture: these never cross each other. */
export function isLink(entity: MessageEntity): boolean {
  return LINKS.has(entity._)
}

/** The end of an entity. */
export function endOf({ offset, length }: MessageEntity): number {
  return offset + length
}

/**
 * The formatting of a text in the one form that can be written down: inside the text, without the entities that servers find
 * by themselves (links, tags, commands), without formatting in code, marks without spaces at their ends, equal neighbours in
 * one, quotes of whole lines.
 */
export function tidy(text: string, entities: readonly MessageEntity[]): MessageEntity[] {
  const inside = sorted(
    entities.map((entity) => clipped(entity, text.length)).filter(({ length }) => length > 0),
  )
  const code = withoutOverlaps(inside.filter(isCode))
  const marks = inside
    .filter(isMark)
    .flatMap((mark) => outside(mark, code))
    .map((mark) => trimmed(text, mark))
  const links = inside.filter(isLink).filter((link) => !code.some((each) => isTouching(link, each)))
  const quoted = inside.filter((entity) => entity._ === 'messageEntityBlockquote')
  const quotes = joinedQuotes(sorted(quoted.map((quote) => wholeLines(text, quote)))).filter(
    (quote) => !code.some((each) => isBroken(text, quote, each)),
  )
  return sorted([
    ...code,
    ...joined(marks.filter(({ length }) => length > 0)),
    ...withoutCrossings(links.filter((link) => !quotes.some((quote) => isCrossing(link, quote)))),
    ...quotes,
  ])
}

/** By their beginning, the longer first; inner ones after outer ones. */
export function sorted(entities: readonly MessageEntity[]): MessageEntity[] {
  return entities.toSorted(
    (a, b) => a.offset - b.offset || b.length - a.length || (a._ < b._ ? -1 : a._ > b._ ? 1 : 0),
  )
}

/** Equal marks that touch each other, in one. */
export function joined(entities: readonly MessageEntity[]): MessageEntity[] {
  const last = new Map<string, MessageEntity>()
  const whole: MessageEntity[] = []
  for (const entity of sorted(entities)) {
    const before = last.get(entity._)
    if (before && entity.offset <= endOf(before)) {
      before.length = Math.max(endOf(before), endOf(entity)) - before.offset
    } else {
      const copy = { ...entity }
      last.set(entity._, copy)
      whole.push(copy)
    }
  }
  return whole
}

function clipped(entity: MessageEntity, textLength: number): MessageEntity {
  const offset = Math.min(Math.max(entity.offset, 0), textLength)
  const end = Math.min(Math.max(endOf(entity), offset), textLength)
  return { ...entity, offset, length: end - offset }
}

function trimmed(text: string, entity: MessageEntity): MessageEntity {
  let { offset } = entity
  let end = endOf(entity)
  while (offset < end && isSpace(text[offset])) offset += 1
  while (end > offset && isSpace(text[end - 1])) end -= 1
  return { ...entity, offset, length: end - offset }
}

/** Whether a character is white; undefined, the edge of the text, is. */
export function isSpace(char: string | undefined): boolean {
  return char === undefined || /\s/.test(char)
}

/** The pieces of an entity that lie outside of all holes. */
function outside(entity: MessageEntity, holes: readonly MessageEntity[]): MessageEntity[] {
  const pieces: MessageEntity[] = []
  let from = entity.offset
  for (const hole of holes) {
    if (endOf(hole) <= from || hole.offset >= endOf(entity)) continue
    if (hole.offset > from) pieces.push({ ...entity, offset: from, length: hole.offset - from })
    from = endOf(hole)
  }
  if (from < endOf(entity)) pieces.push({ ...entity, offset: from, length: endOf(entity) - from })
  return pieces
}

function withoutOverlaps(entities: readonly MessageEntity[]): MessageEntity[] {
  let end = 0
  return entities.filter((entity) => {
    if (entity.offset < end) return false
    end = endOf(entity)
    return true
  })
}

/** Quotes of neighbouring lines are one, unless the second one is collapsed: that begins with a mark of its own. */
function joinedQuotes(quotes: readonly MessageEntity[]): MessageEntity[] {
  const whole: MessageEntity[] = []
  for (const quote of quotes) {
    const before = whole.at(-1)
    const isApart = before === undefined || quote.offset > endOf(before) + 1
    const isOwn = quote._ === 'messageEntityBlockquote' && quote.collapsed === true
    if (isApart || (isOwn && quote.offset > endOf(before))) whole.push({ ...quote })
    else before.length = Math.max(endOf(before), endOf(quote)) - before.offset
  }
  return whole.filter(({ length }) => length > 0)
}

/** Each lies inside of those before it, or after them. */
function withoutCrossings(entities: readonly MessageEntity[]): MessageEntity[] {
  const around: MessageEntity[] = []
  return entities.filter((entity) => {
    while (around.length > 0 && endOf(around.at(-1) ?? entity) <= entity.offset) around.pop()
    const parent = around.at(-1)
    if (parent && endOf(entity) > endOf(parent)) return false
    around.push(entity)
    return true
  })
}

function isTouching(a: MessageEntity, b: MessageEntity): boolean {
  return a.offset < endOf(b) && b.offset < endOf(a)
}

function isCrossing(a: MessageEntity, b: MessageEntity): boolean {
  const isInside = a.offset >= b.offset && endOf(a) <= endOf(b)
  const isAround = a.offset <= b.offset && endOf(a) >= endOf(b)
  return isTouching(a, b) && !isInside && !isAround
}

/** Whether lines of code would be cut by the marks of a quote. */
function isBroken(text: string, quote: MessageEntity, code: MessageEntity): boolean {
  // The ends of lines around the quote count, too: in code they are no ends of lines.
  if (code.offset > endOf(quote) || endOf(code) < quote.offset) return false
  return code._ === 'messageEntityPre' || text.slice(code.offset, endOf(code)).includes('\n')
}

function wholeLines(text: string, quote: MessageEntity): MessageEntity {
  const offset = text.lastIndexOf('\n', quote.offset - 1) + 1
  const last = text[endOf(quote) - 1] === '\n' && quote.length > 1 ? endOf(quote) - 1 : endOf(quote)
  const newline = text.indexOf('\n', last)
  const end = newline < 0 ? text.length : newline
  return {
    ...quote,
    offset: quote.offset === 0 ? 0 : offset,
    length: end - (quote.offset === 0 ? 0 : offset),
  }
}
