import type { TextEntity } from '../../messages/words.ts'
import { endOf, inOrder, isStyle, MAX_ENTITIES, moved, STYLES } from './spans.ts'

/** Kinds in which no style shows. */
const PLAIN: ReadonlySet<TextEntity['kind']> = new Set(['pre', 'code', 'date'])

/**
 * Makes entities nest: none crosses another. Of two links (or blocks, or names) that meet, the first stays; a block quote
 * may hold such things, but not cross them; styles are joined with those of their kind, and cut where they would cross
 * anything.
 */
export function nestEntities(entities: readonly TextEntity[]): readonly TextEntity[] {
  if (entities.length < 2) return entities
  const sorted = entities.toSorted(inOrder)
  const quotes = withoutMeetings(sorted.filter(({ kind }) => kind === 'blockquote'))
  const whole = withoutMeetings(sorted.filter(isWhole)).filter((entity) => fits(entity, quotes))
  const fixed = [...quotes, ...whole]
  const styles = STYLES.flatMap((kind) => joined(sorted.filter((entity) => entity.kind === kind)))
  const pieces = styles
    .flatMap((style) => fixed.filter(({ kind }) => PLAIN.has(kind)).reduce(cutOut, [style]))
    .flatMap((style) => cutAt(style, fixed))
  return [...fixed, ...cutAtEachOther(pieces)].sort(inOrder).slice(0, MAX_ENTITIES)
}

/** Adds entities that the server has found to those of a person, where they meet no link, name or code. */
export function withFound(
  entities: readonly TextEntity[],
  found: readonly TextEntity[],
): readonly TextEntity[] {
  if (found.length === 0) return entities
  const whole = entities.filter(isWhole)
  const quotes = entities.filter(({ kind }) => kind === 'blockquote')
  const added = withoutMeetings(found.toSorted(inOrder)).filter(
    (entity) => !whole.some((other) => meet(other, entity)) && fits(entity, quotes),
  )
  return added.length === 0 ? entities : nestEntities([...entities, ...added])
}

/** Links, names, code: what nothing of its sort may meet. */
function isWhole(entity: TextEntity): boolean {
  return entity.kind !== 'blockquote' && !isStyle(entity)
}

function fits(entity: TextEntity, quotes: readonly TextEntity[]): boolean {
  return quotes.every((quote) => !meet(entity, quote) || isIn(entity, quote))
}

/** @param sorted in their order */
function withoutMeetings(sorted: readonly TextEntity[]): readonly TextEntity[] {
  let end = 0
  return sorted.filter((entity) => {
    if (entity.offset < end) return false
    end = endOf(entity)
    return true
  })
}

/** @param sorted of one kind, in their order */
function joined(sorted: readonly TextEntity[]): readonly TextEntity[] {
  const parts: TextEntity[] = []
  for (const entity of sorted) {
    const last = parts.at(-1)
    if (last === undefined || entity.offset > endOf(last)) parts.push(entity)
    else parts[parts.length - 1] = moved(last, last.offset, Math.max(endOf(last), endOf(entity)))
  }
  return parts
}

function cutOut(styles: readonly TextEntity[], plain: TextEntity): readonly TextEntity[] {
  return styles.flatMap((style) =>
    meet(style, plain)
      ? [
          ...piece(style, style.offset, Math.min(endOf(style), plain.offset)),
          ...piece(style, Math.max(style.offset, endOf(plain)), endOf(style)),
        ]
      : style,
  )
}

function piece(entity: TextEntity, offset: number, end: number): readonly TextEntity[] {
  return end > offset ? [moved(entity, offset, end)] : []
}

/** Cuts a style at the edges of what it would cross. */
function cutAt(style: TextEntity, fixed: readonly TextEntity[]): readonly TextEntity[] {
  const edges = fixed
    .filter((other) => cross(style, other))
    .map((other) => (other.offset > style.offset ? other.offset : endOf(other)))
  return cutInPieces(style, edges)
}

function cutInPieces(style: TextEntity, edges: readonly number[]): readonly TextEntity[] {
  const ends = [...new Set(edges), endOf(style)].sort((one, other) => one - other)
  let start = style.offset
  return ends.map((end) => {
    const part = moved(style, start, end)
    start = end
    return part
  })
}

/** Cuts the later of two styles that cross at the end of the earlier one. */
function cutAtEachOther(styles: readonly TextEntity[]): readonly TextEntity[] {
  const waiting = styles.toSorted(inOrder)
  const done: TextEntity[] = []
  const open: TextEntity[] = []
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { offset } = next
    while (open.length > 0 && open.every((each) => endOf(each) <= offset)) open.splice(0)
    const crossed = open.filter((each) => endOf(each) > offset && endOf(each) < endOf(next))
    const edge = Math.min(endOf(next), ...crossed.map(endOf))
    const first = moved(next, offset, edge)
    done.push(first)
    open.push(first)
    if (edge < endOf(next)) insertInOrder(waiting, moved(next, edge, endOf(next)))
    if (done.length > MAX_ENTITIES) return done
  }
  return done
}

function insertInOrder(sorted: TextEntity[], entity: TextEntity): void {
  const at = sorted.findIndex((other) => inOrder(entity, other) < 0)
  sorted.splice(at < 0 ? sorted.length : at, 0, entity)
}

function meet(one: TextEntity, other: TextEntity): boolean {
  return one.offset < endOf(other) && other.offset < endOf(one)
}

/** Tells whether an entity lies in another one. */
function isIn(inner: TextEntity, outer: TextEntity): boolean {
  return outer.offset <= inner.offset && endOf(inner) <= endOf(outer)
}

function cross(one: TextEntity, other: TextEntity): boolean {
  return meet(one, other) && !isIn(one, other) && !isIn(other, one)
}
