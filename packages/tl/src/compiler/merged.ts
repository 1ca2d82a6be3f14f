import { emitBit, emitFlags, emitId, emitOmit, type Part, type Term } from './parts.ts'

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
 * `(v.premium&&L>=143?268435456:0)`.
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
    terms.set(item.variable, merge<Term>(termsOf(bodies, item.variable)))
  }
  const together = { id: emitIds(bodies), terms, omitted: merge<string>(omittedIn(bodies)), condition }
  return parts.map((part, index) => emitShared(part, together) + separator(parts, index)).join('')
}

/** Facts about a merged body as a whole. */
interface Together {
  readonly id: string
  readonly terms: ReadonlyMap<string, readonly Shared<Term>[]>
  /** The tests of what is left out of a vector. */
  readonly omitted: readonly Shared<string>[]
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

function omittedIn(bodies: readonly InLayer[]): ItemsInLayer<string>[] {
  return bodies.map(({ layer, parts }) => {
    const omit = parts.find(({ kind }) => kind === 'omit')
    return { layer, items: omit?.kind === 'omit' ? omit.tests : [] }
  })
}

function emitShared({ item, layers }: Shared<Part>, { id, terms, omitted, condition }: Together): string {
  switch (item.kind) {
    case 'id':
      return emitId(id)
    case 'flags': {
      const shared = terms.get(item.variable) ?? []
      const conditional = shared.map(({ item: { test, mask }, layers }) => ({
        test: both(test, condition(layers)),
        mask,
      }))
      return emitFlags(item.variable, conditional)
    }
    case 'omit': {
      const filter = emitOmit(omitted.map(({ item, layers }) => both(item, condition(layers))))
      const where = condition(layers)
      return where === '' ? filter : `if(${where})${filter}`
    }
    case 'case':
      return `if(${both(item.test, condition(layers))})${item.code};else `
    case 'statement': {
      const { bit, code } = item
      const own = terms.get(bit?.variable ?? '')?.filter(({ item }) => item.mask === bit?.mask) ?? []
      // The bit tells the layer if no other layer sets it.
      const isTold =
        own.length > 0 && own.every((term) => [...term.layers].every((layer) => layers.has(layer)))
      const test = both(bit === undefined ? '' : emitBit(bit), isTold ? '' : condition(layers))
      return test === '' ? code : `if(${test})${code}`
    }
  }
}

/**
 * Joins a test with a condition, of which either may be empty. The test comes first, because most tests fail; not if it
 * reads the value of a field, which the layer may not have and which would then be named in an error.
 */
function both(test: string, condition: string): string {
  if (test === '' || condition === '') return test + condition
  const tests = [test.includes('||') ? `(${test})` : test, condition]
  return (test.includes('?.') ? tests.reverse() : tests).join('&&')
}

/**
 * Merges lists into one that has each of them in its order; equal items become one where the order allows it, and items
 * that can stand only once always do.
 */
function merge<Item extends Mergeable>(lists: readonly ItemsInLayer<Item>[]): Shared<Item>[] {
  return lists.reduce<Shared<Item>[]>(withList, [])
}

type Mergeable = Part | Term | string

interface ItemsInLayer<Item> {
  readonly layer: number
  readonly items: readonly Item[]
}

/** Ids are one item, and so are flags with different terms, and what is left out. */
function keyOf(item: Mergeable): string {
  if (typeof item === 'string') return item
  if (!('kind' in item)) return JSON.stringify(item)
  if (item.kind === 'id' || item.kind === 'omit') return item.kind
  return item.kind === 'flags' ? item.variable : JSON.stringify(item)
}

function withList<Item extends Mergeable>(
  merged: readonly Shared<Item>[],
  { layer, items }: ItemsInLayer<Item>,
): Shared<Item>[] {
  const [keys, ownKeys] = [merged.map(({ item }) => keyOf(item)), items.map(keyOf)]
  const weights = commonWeights(keys, ownKeys)
  const result: Shared<Item>[] = []
  let [at, own] = [0, 0]
  for (;;) {
    const shared = merged[at]
    const item = items[own]
    if (shared === undefined && item === undefined) return result
    const [skipShared, skipOwn] = [weights[at + 1]?.[own] ?? -1, weights[at]?.[own + 1] ?? -1]
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

/** A variable is declared once, however far apart the layers have it. More than the statements of any body. */
const ONCE = 1000

function weightOf(key: string): number {
  return key.startsWith('{') ? 1 : ONCE
}

/** For each pair of positions, the weight of the heaviest common subsequence from there on. */
function commonWeights(a: readonly string[], b: readonly string[]): number[][] {
  const weights = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = weights[i] ?? []
      const [skipA, skipB] = [weights[i + 1]?.[j] ?? 0, row[j + 1] ?? 0]
      const key = a[i] ?? ''
      row[j] = key === b[j] ? (weights[i + 1]?.[j + 1] ?? 0) + weightOf(key) : Math.max(skipA, skipB)
    }
  }
  return weights
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
