import type { MakingRule } from '../layers/rules.ts'
import type { TlObject } from './values.ts'

/** Finds the value at a path of a rule. */
export type Look = (path: string) => unknown

/** What a rule makes, read from the rule itself and not from the code that the compiler prints for it. */
export function made(rule: MakingRule, look: Look): unknown {
  if ('value' in rule) return rule.value
  if ('list' in rule) return rule.list.map(look)
  if ('by' in rule) {
    const value = look('')
    const arm = isObject(value) ? rule.by[value._] : undefined
    return arm === undefined ? undefined : made(arm, look)
  }
  if ('indexIn' in rule) {
    const all = look(`^${rule.indexIn}`)
    const wanted = String(look(''))
    return Array.isArray(all) ? all.findIndex((one) => String(within(one, rule.part)) === wanted) : undefined
  }
  if ('make' in rule) {
    if (rule.where !== undefined && look(rule.where) === undefined) return undefined
    const fields = Object.entries(rule.fields).map(([name, part]) => [name, made(part, look)])
    const value = { _: rule.make, ...Object.fromEntries(fields) }
    return rule.isItem ? [value] : value
  }
  if ('whole' in rule) return wholeOf(look(rule.whole))
  const found = look(rule.path)
  if (found === undefined) return rule.or
  if (rule.isItem) return [found]
  if (!Array.isArray(found)) return found
  const { where, each } = rule
  const kept = found.filter((item) => where === undefined || within(item, where) !== undefined)
  if (each === undefined) return kept
  const items = kept.map((item) =>
    made(each, (path) => (path.startsWith('^') ? look(path.slice(1)) : within(item, path))),
  )
  return items.filter((item) => item !== undefined)
}

/** The nearest int; 0 for what is no number. */
function wholeOf(value: unknown): number {
  const nearest = Math.round(Number(value))
  if (Number.isNaN(nearest) || nearest === 0) return 0
  return nearest > 0 ? Math.min(nearest, 2_147_483_647) : Math.max(nearest, -2_147_483_648)
}

/** The part of a value at a path of JavaScript names. */
export function within(value: unknown, path: string): unknown {
  const names = path === '' ? [] : path.split('.')
  return names.reduce((inside: unknown, name) => {
    if (Array.isArray(inside)) return inside[Number(name)]
    return isObject(inside) ? inside[name] : undefined
  }, value)
}

/** Tells whether a value is a constructor. */
export function isObject(value: unknown): value is TlObject {
  return typeof value === 'object' && value !== null && '_' in value
}
