import type { FieldRule, LayerRules, Literal, MakingRule, ResultRule } from '../layers/rules.ts'
import type { Combinator, Field } from '../schema/index.ts'
import { emitLiteral } from './literal.ts'
import { type Shape, typeName } from './shape.ts'
import { type FieldPlan, type Surface, surfaceConstructors, Translation } from './translation.ts'

/** One difference between a layer and the newest. */
interface Difference {
  readonly subject: string
  readonly layer: number
  readonly what: string
}

interface OlderLayer {
  readonly layer: number
  readonly shape: Shape
}

const INTRODUCTION = `# What each layer gets

The server keeps every value in the newest layer. It sends a client of an older layer the same constructors, with the ids and
fields of that layer. This page lists the differences. A client with a layer between two of these gets the lower one. A client
below the lowest layer is refused (CONNECTION_LAYER_INVALID).

\`npm run generate\` writes this page from the schema of each layer and the rules in \`packages/tl/src/layers/rules.ts\`.
`

/** Writes the Markdown page of the fields that each older layer loses or gets by rule. */
export function emitLayerTable(
  newest: Shape,
  layer: number,
  olders: readonly OlderLayer[],
  surface: Surface,
  rules: LayerRules,
): string {
  return new LayerTable(newest, olders, surface, rules).emit(layer)
}

class LayerTable {
  private readonly newest: Shape
  private readonly surface: Surface
  private readonly rules: LayerRules
  private readonly layers: readonly number[]
  private readonly translations: readonly (readonly [number, Translation])[]

  constructor(newest: Shape, olders: readonly OlderLayer[], surface: Surface, rules: LayerRules) {
    this.newest = newest
    this.surface = surface
    this.rules = rules
    this.layers = olders.map(({ layer }) => layer)
    this.translations = olders.map(({ layer, shape }) => [
      layer,
      new Translation(newest, shape, surface, rules),
    ])
  }

  emit(newestLayer: number): string {
    const constructors = surfaceConstructors(this.newest, this.surface)
    const fields = constructors.map((now) => ({ name: now.name, rows: this.rowsOf(this.fieldsOf(now)) }))
    const absent = this.rowsOf(constructors.flatMap((now) => this.absenceOf(now)))
    const changed = new Set([
      ...fields.filter(({ rows }) => rows.length > 0).map(({ name }) => name),
      ...absent.flatMap(({ subjects }) => subjects),
    ])
    const same = constructors.filter(({ name }) => !changed.has(name)).map(({ name }) => `\`${name}\``)
    return [
      INTRODUCTION,
      `Layers: ${[...this.layers, newestLayer].join(', ')}.\n`,
      '## Answers with another type\n',
      table(['method', 'answer'], this.rowsOf(this.results())),
      '## Constructors that older layers lack\n',
      table(['constructor', 'sent instead'], absent),
      '## Fields\n',
      ...fields
        .filter(({ rows }) => rows.length > 0)
        .flatMap(({ name, rows }) => [`### ${name}\n`, table(['field', 'in these layers'], rows)]),
      '## Parameters that older requests lack\n',
      table(['parameter', 'value'], this.rowsOf(this.parameters())),
      '## The same in every layer\n',
      `${same.join(', ')}.\n`,
    ].join('\n')
  }

  private results(): Difference[] {
    return this.eachMethod((now, then, layer, translation) => {
      const plan = translation.resultPlan(now, then)
      if (plan.kind !== 'rule') return []
      return [{ subject: now.name, layer, what: resultText(plan.rule) }]
    })
  }

  private parameters(): Difference[] {
    return this.eachMethod((now, then, layer) => {
      const added = now.fields.filter(({ name, type }) => type.kind !== 'flags' && !hasField(then, name))
      return added.map(({ name }) => {
        const rule = this.rules.fromOlder[`${now.name}.${name}`]
        const what = rule === undefined ? 'not set' : ruleText(rule, undefined)
        return { subject: `${now.name}.${name}`, layer, what }
      })
    })
  }

  private eachMethod(
    differences: (now: Combinator, then: Combinator, layer: number, by: Translation) => Difference[],
  ): Difference[] {
    return this.surface.methods.flatMap((name) =>
      this.translations.flatMap(([layer, translation]) => {
        const [now, then] = [this.newest.methods.get(name), translation.older.methods.get(name)]
        return now === undefined || then === undefined ? [] : differences(now, then, layer, translation)
      }),
    )
  }

  private absenceOf(now: Combinator): Difference[] {
    return this.translations.flatMap(([layer, translation]) => {
      const plan = translation.planOf(now)
      const emptied = plan.kind === 'fields' ? translation.emptiedOf(now) : undefined
      if (emptied !== undefined) {
        const what = `\`${emptied.instead}\`, where this layer leaves out what it holds`
        return [{ subject: now.name, layer, what }]
      }
      if (plan.kind === 'instead') return [{ subject: now.name, layer, what: `\`${plan.rule.instead}\`` }]
      if (plan.kind === 'omit') return [{ subject: now.name, layer, what: 'nothing; left out of lists' }]
      const isAnswered = !translation.older.types.has(typeName(now))
      if (plan.kind !== 'refuse' || isAnswered) return []
      return [{ subject: now.name, layer, what: 'nothing; the server does not send it' }]
    })
  }

  private fieldsOf(now: Combinator): Difference[] {
    return this.translations.flatMap(([layer, translation]) => {
      const plan = translation.planOf(now)
      if (plan.kind !== 'fields') return []
      const { then } = plan
      const lost = now.fields.filter(({ name, type }) => type.kind !== 'flags' && !hasField(then, name))
      const kept = then.fields.filter(({ type }) => type.kind !== 'flags')
      return [
        ...lost.map(({ name }) => ({ subject: name, layer, what: 'left out' })),
        ...kept.flatMap((field) => {
          const what = this.fieldText(field, translation.fieldPlan(now, then, field), translation)
          return what === undefined ? [] : [{ subject: field.name, layer, what }]
        }),
      ]
    })
  }

  private fieldText(field: Field, plan: FieldPlan, translation: Translation): string | undefined {
    switch (plan.kind) {
      case 'kept':
        return translation.canWrite(field.type) ? undefined : 'never set'
      case 'narrowed':
        return 'an int; larger values do not fit'
      case 'unset':
        return 'exists in these layers only; never set'
      case 'rule':
        return ruleText(plan.rule, plan.own)
    }
  }

  /** Groups differences into rows: consecutive layers together, and subjects with the same text together. */
  private rowsOf(differences: readonly Difference[]): Row[] {
    const layersOf = new Map<string, { subject: string; what: string; layers: Set<number> }>()
    for (const { subject, layer, what } of differences) {
      const key = `${subject} ${what}`
      const known = layersOf.get(key) ?? { subject, what, layers: new Set() }
      known.layers.add(layer)
      layersOf.set(key, known)
    }
    const rows = new Map<string, Row>()
    for (const { subject, what, layers } of layersOf.values()) {
      const ranges = this.rangesOf(layers)
      const key = `${JSON.stringify(ranges)} ${what}`
      const row = rows.get(key) ?? { ranges, subjects: [], what }
      row.subjects.push(subject)
      rows.set(key, row)
    }
    const first = ({ ranges }: Row) => ranges[0]?.[0] ?? 0
    const last = ({ ranges }: Row) => ranges.at(-1)?.[1] ?? 0
    return [...rows.values()].sort((a, b) => first(a) - first(b) || last(a) - last(b))
  }

  /** Consecutive layers form a range. */
  private rangesOf(layers: ReadonlySet<number>): Range[] {
    const ranges: [number, number][] = []
    this.layers.forEach((layer, index) => {
      const last = ranges.at(-1)
      const before = this.layers[index - 1]
      if (!layers.has(layer)) return
      if (last !== undefined && last[1] === before) last[1] = layer
      else ranges.push([layer, layer])
    })
    return ranges
  }
}

/** A range of layers. */
type Range = readonly [number, number]

interface Row {
  readonly ranges: readonly Range[]
  readonly subjects: string[]
  readonly what: string
}

function table([subject, effect]: readonly [string, string], rows: readonly Row[]): string {
  const rangeText = ([from, to]: Range) => (from === to ? `${from}` : `${from}–${to}`)
  const lines = rows.map(({ ranges, subjects, what }) => [
    ranges.map(rangeText).join(', '),
    subjects.map((name) => `\`${name}\``).join(', '),
    what,
  ])
  const all = [['layers', subject, effect], ['---', '---', '---'], ...lines]
  return `${all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

function ruleText(rule: FieldRule, own: Field | undefined): string {
  if ('omit' in rule) return 'left out'
  if ('value' in rule) return own === undefined ? code(rule.value) : `${code(rule.value)} where it is not set`
  return madeText(rule)
}

/** The text of a rule that makes a value of another. */
function madeText(rule: MakingRule): string {
  if ('value' in rule) return code(rule.value)
  if ('make' in rule) return rule.isItem ? `a list of one \`${rule.make}\`` : `a \`${rule.make}\``
  if ('indexIn' in rule) return `places in \`${rule.indexIn}\``
  if ('list' in rule) return `a list of ${rule.list.map((path) => `\`${path}\``).join(', ')}`
  if ('by' in rule) return [...new Set(Object.values(rule.by).map(madeText))].join(', ')
  if ('whole' in rule) return `\`${rule.whole}\` without its fraction`
  const { path, each, where, or } = rule
  const from = path === '' ? '' : `from \`${path}\``
  const items = where === undefined ? '' : `items with \`${where}\` only`
  const parts =
    each === undefined ? '' : `each as ${'path' in each ? `its \`${each.path}\`` : madeText(each)}`
  const missing = or === undefined ? '' : `${code(or)} where that is missing`
  return [from, items, parts, missing].filter((part) => part !== '').join('; ')
}

function resultText(rule: ResultRule): string {
  if ('embed' in rule) return `\`${rule.path}\` alone, with its \`${rule.embed.field}\` inside`
  const isPart = 'path' in rule && rule.each === undefined
  return isPart ? `\`${rule.path}\` alone` : madeText(rule)
}

function code(value: Literal): string {
  return `\`${emitLiteral(value)}\``
}

function hasField({ fields }: Combinator, name: string): boolean {
  return fields.some((field) => field.name === name)
}
