import type { LayerRules } from '../layers/rules.ts'
import { HEADER } from './javascript.ts'
import { emitMerged, type InLayer, layerCondition } from './merged.ts'
import { type Body, type LayerWriters, olderWriters } from './older-writers.ts'
import type { Shape } from './shape.ts'
import { type Surface, Translation } from './translation.ts'

/**
 * Compiles the writers of all older layers to one module, in which each function stands once: it is given the layer,
 * and compares it where the layers differ.
 *
 * @param olders oldest first
 * @throws SchemaError if a constructor on the surface needs a rule and has none.
 */
export function emitLayerWriters(
  newest: Shape,
  olders: readonly { readonly layer: number; readonly shape: Shape }[],
  surface: Surface,
  rules: LayerRules,
): string {
  const translations = olders.map(
    ({ layer, shape }) => [layer, new Translation(newest, shape, surface, rules)] as const,
  )
  const isSameInAll = (type: string) =>
    translations.every(([, translation]) => !translation.older.types.has(type) || translation.isSame(type))
  const layers = translations.map(([layer, translation]) =>
    olderWriters(layer, translation, surface, isSameInAll),
  )
  return `${HEADER}${[
    "import { write } from '../api.js'",
    SETS_BY_LAYER,
    ...namesOf(layers, ({ sets }) => sets).map((name) => emitSet(name, layers)),
    ...namesOf(layers, ({ functions }) => functions).map((name) => emitFunction(name, layers)),
    emitTable('types', layers, ({ types }) => types),
    emitTable('answers', layers, ({ answers }) => answers),
  ].join('\n')}\n`
}

/**
 * Generated, and not imported, because another import costs more than the whole module. Names are in texts, each at the
 * layer where it comes or goes: these load faster than arrays.
 */
const SETS_BY_LAYER = `const setsByLayer=(turns)=>{const known=[];return (L)=>known[L]??=setOf(turns(),L)}
function setOf(turns,L){const s=new Set();for(const [since,names] of turns)if(since<=L)\
for(const n of names.split(" "))if(!s.delete(n))s.add(n);return s}`

/** Emits the functions of a table by their names' first layers: `[131,wT_User,"auth.signIn auth.signUp"]`. */
function emitTable(
  name: string,
  layers: readonly LayerWriters[],
  tableOf: (layer: LayerWriters) => ReadonlyMap<string, string>,
): string {
  const rows: string[] = []
  let before: ReadonlyMap<string, string> = new Map()
  for (const layer of layers) {
    const now = tableOf(layer)
    const changes = new Map<string, string[]>()
    for (const key of new Set([...before.keys(), ...now.keys()])) {
      if (before.get(key) === now.get(key)) continue
      const write = now.get(key) ?? 'undefined'
      changes.set(write, [...(changes.get(write) ?? []), key])
    }
    const sorted = [...changes].sort(([a], [b]) => (a < b ? -1 : 1))
    rows.push(...sorted.map(([write, keys]) => `[${layer.layer},${write},"${keys.sort().join(' ')}"]`))
    before = now
  }
  return `export const ${name}=()=>[\n${rows.join(',\n')}]`
}

/** Names of any layer, in an order that does not depend on the surface. */
function namesOf(
  layers: readonly LayerWriters[],
  table: (layer: LayerWriters) => ReadonlyMap<string, unknown>,
): string[] {
  return [...new Set(layers.flatMap((layer) => [...table(layer).keys()]))].sort()
}

/** Emits a function whose body is one of several texts, chosen by the layer; bodies in parts are one text. */
function emitFunction(name: string, layers: readonly LayerWriters[]): string {
  const found = layers.flatMap(({ layer, functions }) => {
    const body = functions.get(name)
    return body === undefined ? [] : [{ layer, body }]
  })
  const all = found.map(({ layer }) => layer)
  const texts = [...textsOf(found)].map(([text, layers]) => ({ text, test: layerCondition(all, layers) }))
  const last = texts.pop()?.text ?? ''
  const others = texts.map(({ text, test }) => `if(${test}){${text}}else`).join(' ')
  return `function ${name}(w,v,L){${others === '' ? last : `${others}{${last}}`}}`
}

/** The distinct texts of a function, each with its layers. */
function textsOf(found: readonly { layer: number; body: Body }[]): ReadonlyMap<string, Set<number>> {
  const inParts = found.flatMap(({ layer, body }): InLayer[] =>
    typeof body === 'string' ? [] : [{ layer, parts: body }],
  )
  const merged = emitMerged(inParts)
  const texts = new Map<string, Set<number>>()
  for (const { layer, body } of found) {
    const text = typeof body === 'string' ? body : merged
    texts.set(text, (texts.get(text) ?? new Set()).add(layer))
  }
  return texts
}

/** Emits the names of a set at the layers at which they come and go. A layer without the set does not ask for it. */
function emitSet(name: string, layers: readonly LayerWriters[]): string {
  let before = new Set<string>()
  const turns = layers.flatMap(({ layer, sets }) => {
    const names = sets.get(name)
    if (names === undefined) return []
    const now = new Set(names)
    const turned = [...new Set([...before, ...now])].filter((one) => before.has(one) !== now.has(one)).sort()
    before = now
    return turned.length === 0 ? [] : [`[${layer},"${turned.join(' ')}"]`]
  })
  return `const ${name}=setsByLayer(()=>[\n${turns.join(',\n')}])`
}
