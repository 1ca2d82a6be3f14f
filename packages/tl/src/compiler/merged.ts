import { emitBit, emitFlags, emitId, type Part, type Term } from './parts.ts'

/** The parts of a function in one layer. */
export interface InLayer {
  readonly layer: number
  readonly parts: readonly Part[]
}

/** An item of a merged list, and the layers that have it. */
interface Shared<Item> {
  readonly item: Item
  readonly layers: Set<number>
}

type Conditional = (layers: ReadonlySet<number>) => string

/**
 * Prints one body for the bodies of several layers. It compares the layer `L` where they differ:
 * `(L>=140&&v.premium?268435456:0)`.
 *
 * @param bodies oldest first
 */
export function emitMerged(bodies: readonly InLayer[]): string {
  const all = bodies.map(({ layer }) => layer)
  const condition: Conditional = (layers) => layerCondition(all, layers)
  const parts = merge<Part>(bodies.map(({ layer, parts }) => ({ layer, items: parts })))
  const terms = new Map<string, Shared<Term>[]>()
  for (const { item } of parts) {
    if (item.kind !== 'flags') continue
    if (terms.has(item.variable)) throw new TypeError(`${item.variable} has its place elsewhere in a layer`)
    terms.set(item.variable, merge<Term>(termsOf(bodies, item.variable)))
  }
  const id = emitIds(bodies)
  return parts
    .map((part, index) => emitShared(part, { id, terms, condition }) + separator(parts, index))
    .join('')
}

/** What the parts of a merged body say together. */
interface Together {
  readonly id: string
  readonly terms: ReadonlyMap<string, readonly Shared<Term>[]>
  readonly condition: Conditional
}

/** An expression for the ids of a constructor, newest first: `L>=133?1073147056:-1683826688`. */
function emitIds(bodies: readonly InLayer[]): string {
  let [expression, last] = ['', '']
  for (const { layer, parts } of bodies) {
    const part = parts.find(({ kind }) => kind === 'id')
    if (part?.kind !== 'id' || part.id === last) continue
    expression = expression === '' ? part.id : `L>=${layer}?${part.id}:${expression}`
    last = part.id
  }
  return expression
}

/** A case ends in `else`; everything else needs a semicolon before the next part. */
function separator(parts: readonly Shared<Part>[], index: number): string {
  return index === parts.length - 1 || parts[index]?.item.kind === 'case' ? '' : ';'
}

function termsOf(bodies: readonly InLayer[], variable: string): ItemsInLayer<Term>[] {
  return bodies.map(({ layer, parts }) => {
    const flags = parts.find((part) => part.kind === 'flags' && part.variable === variable)
    return { layer, items: flags?.kind === 'flags' ? flags.terms : [] }
  })
}

function emitShared({ item, layers }: Shared<Part>, { id, terms, condition }: Together): string {
  switch (item.kind) {
    case 'id':
      return emitId(id)
    case 'flags': {
      const conditional = (terms.get(item.variable) ?? []).map(({ item: { test, mask }, layers }) => {
        return { test: both(condition(layers), test), mask }
      })
      return emitFlags(item.variable, conditional)
    }
    case 'case':
      return `if(${both(condition(layers), item.test)})${item.code};else `
    case 'statement': {
      const { bit, code } = item
      const own = terms.get(bit?.variable ?? '')?.filter(({ item }) => item.mask === bit?.mask) ?? []
      // The bit tells the layer if no other layer sets it.
      const isTold =
        own.length > 0 && own.every((term) => [...term.layers].every((layer) => layers.has(layer)))
      const test = both(isTold ? '' : condition(layers), bit === undefined ? '' : emitBit(bit))
      return test === '' ? code : `if(${test})${code}`
    }
  }
}

/** Joins two tests, of which either may be empty. */
function both(a: string, b: string): string {
  if (a === '' || b === '') return a + b
  return `${a}&&${b.includes('||') ? `(${b})` : b}`
}

/** Merges lists into one that has each of them in its order; equal items become one where the order allows it. */
function merge<Item extends Part | Term>(lists: readonly ItemsInLayer<Item>[]): Shared<Item>[] {
  return lists.reduce<Shared<Item>[]>(withList, [])
}

interface ItemsInLayer<Item> {
  readonly layer: number
  readonly items: readonly Item[]
}

/** Ids are one item, and so are flags with different terms. */
function keyOf(item: Part | Term): string {
  if (!('kind' in item)) return JSON.stringify(item)
  if (item.kind === 'id') return 'id'
  return item.kind === 'flags' ? item.variable : JSON.stringify(item)
}

function withList<Item extends Part | Term>(
  merged: readonly Shared<Item>[],
  { layer, items }: ItemsInLayer<Item>,
): Shared<Item>[] {
  const [keys, ownKeys] = [merged.map(({ item }) => keyOf(item)), items.map(keyOf)]
  const lengths = commonLengths(keys, ownKeys)
  const result: Shared<Item>[] = []
  let [at, own] = [0, 0]
  for (;;) {
    const shared = merged[at]
    const item = items[own]
    if (shared === undefined && item === undefined) return result
    const [skipShared, skipOwn] = [lengths[at + 1]?.[own] ?? -1, lengths[at]?.[own + 1] ?? -1]
    if (shared !== undefined && keys[at] === ownKeys[own]) {
      shared.layers.add(layer)
      result.push(shared)
      at += 1
      own += 1
    } else if (shared !== undefined && (item === undefined || skipShared >= skipOwn)) {
      result.push(shared)
      at += 1
    } else if (item !== undefined) {
      result.push({ item, layers: new Set([layer]) })
      own += 1
    }
  }
}

/** For each pair of positions, the length of the longest common subsequence from there on. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] ?? []
      const [skipA, skipB] = [lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0]
      row[j] = a[i] === b[j] ? (lengths[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(skipA, skipB)
    }
  }
  return lengths
}

/** JavaScript that is true in `layers` among `all`; empty if these are all. */
export function layerCondition(all: readonly number[], layers: ReadonlySet<number>): string {
  const ranges: string[][] = []
  all.forEach((layer, index) => {
    const isBefore = index > 0 && layers.has(all[index - 1] ?? 0)
    if (layers.has(layer) === (index > 0 ? isBefore : false)) return
    if (layers.has(layer)) ranges.push(index === 0 ? [] : [`L>=${layer}`])
    else ranges.at(-1)?.push(`L<${layer}`)
  })
  const tests = ranges.map((range) => range.join('&&'))
  if (tests.length === 1) return tests[0] ?? ''
  return `(${tests.join('||')})`
}
