import { type Change, type History, type Layers, spanText } from '../model/layers.ts'
import type { ConstructorEntry, MethodEntry, Model } from '../model/model.ts'
import { boxedNameIn } from '../model/type-names.ts'
import { constructorLink, listed, table } from './inline.ts'

/** One line about a history: `131 to 228, unchanged`. */
export function layersLine({ since, changes }: History, { oldest, newest }: Layers): string {
  const from = since === undefined ? `${oldest} to ${newest}` : newText(since)
  const how =
    changes.length === 0
      ? 'unchanged'
      : changes.length === 1
        ? 'changed once'
        : `changed ${changes.length} times`
  return `${from}, ${how}`
}

/** `new in 152`, `new between 132 and 135`. */
function newText(since: NonNullable<History['since']>): string {
  const span = spanText(since)
  return span.startsWith('between') ? `new ${span}` : `new in ${span}`
}

interface Row {
  readonly by: number
  readonly layer: string
  readonly text: string
}

/** The table of a constructor's changes. */
export function constructorLayers({ name, history }: ConstructorEntry): string {
  return changesTable(ownRows(`\`${name}\``, history))
}

/** The table of a method's changes, and of the changes of what goes in and comes out, one step deep. */
export function methodLayers(method: MethodEntry, model: Model): string {
  const types = new Set([
    ...method.fields.flatMap(({ type }) => boxedNameIn(type)),
    ...boxedNameIn(method.combinator.result),
  ])
  const entries = [...types]
    .flatMap((type) => model.types.get(type)?.constructors ?? [])
    .map((name) => model.constructors.get(name))
    .filter((entry) => entry !== undefined)
  const around = entries.flatMap(({ name, history }) => ownRows(constructorLink(name), history))
  const own = ownRows(`\`${method.name}\``, method.history)
  const rows = [...own, ...around].sort((a, b) => a.by - b.by)
  if (around.length <= MAX_ROWS_AROUND) return changesTable(rows)
  const rest = `The constructors of its types have changed ${around.length} times; their pages have the layers.`
  return [changesTable(own), rest].filter((part) => part !== '').join('\n\n')
}

/** Types such as Update have hundreds of changes, which tell nothing about one method. */
const MAX_ROWS_AROUND = 24

function ownRows(label: string, { since, changes }: History): Row[] {
  const first = since && { by: since.by, layer: spanText(since), text: `${label} is new` }
  const rows = changes.map((change) => ({
    by: change.span.by,
    layer: spanText(change.span),
    text: `${label}: ${changeText(change)}`,
  }))
  return first === undefined ? rows : [first, ...rows]
}

function changeText({ added, removed, retyped, result }: Change): string {
  const code = (names: readonly string[]) => listed(names.map((name) => `\`${name}\``))
  const parts = [
    added.length > 0 && `${code(added)} added`,
    removed.length > 0 && `${code(removed)} removed`,
    retyped.length > 0 && `${code(retyped)} of another type or flag`,
    result && 'another result',
  ]
  return parts.filter((part) => part !== false).join('; ')
}

function changesTable(rows: readonly Row[]): string {
  return table(
    ['Layer', 'What changed'],
    rows.map(({ layer, text }) => [layer, text]),
  )
}
