import type { MadeRule, MakingRule, PathRule } from '../layers/rules.ts'
import { emitLiteral } from './literal.ts'

/** The expression for a path of names, from a place that the rule's reader knows; `v.a?.b` for `a.b`. */
export type Resolve = (path: string) => string

/** Prints the JavaScript that makes the value of a rule; it is `undefined` where there is nothing to make it of. */
export function ruleExpression(rule: MakingRule, resolve: Resolve): string {
  if ('value' in rule) return emitLiteral(rule.value)
  if ('make' in rule) return madeExpression(rule, resolve)
  if ('indexIn' in rule) {
    const isSame = `String(${pathIn('y', rule.part)})===String(x)`
    return `${resolve(`^${rule.indexIn}`)}.findIndex((y)=>${isSame})`
  }
  if ('list' in rule) return `[${rule.list.map(resolve).join(',')}]`
  if ('path' in rule) return pathExpression(rule, resolve)
  if ('whole' in rule)
    return `(Math.round(Math.min(Math.max(${resolve(rule.whole)},-2147483648),2147483647))||0)`
  const arms = Object.entries(rule.by).map(
    ([name, made]) => `${resolve('')}._==="${name}"?${ruleExpression(made, resolve)}:`,
  )
  return `${arms.join('')}undefined`
}

/** Prints a path from a variable; numbers are places in lists. */
export function pathIn(variable: string, path: string): string {
  const names = path === '' ? [] : path.split('.')
  return names.reduce((before, name, at) => {
    if (/^\d+$/.test(name)) return `${before}?.[${name}]`
    return at === 0 ? `${before}.${name}` : `${before}?.${name}`
  }, variable)
}

function madeExpression({ make, fields, where, isItem }: MadeRule, resolve: Resolve): string {
  const members = Object.entries(fields).map(([name, rule]) => `${name}:${ruleExpression(rule, resolve)}`)
  const made = `({${[`_:"${make}"`, ...members].join(',')}})`
  return ifThere(where === undefined ? undefined : resolve(where), isItem ? `[${made}]` : made)
}

function pathExpression({ path, where, each, or, isItem }: PathRule, resolve: Resolve): string {
  let value = resolve(path)
  if (where !== undefined) value = `${value}?.filter((x)=>${pathIn('x', where)}!==undefined)`
  if (each !== undefined) {
    const item = ruleExpression(each, (part) =>
      part.startsWith('^') ? resolve(part.slice(1)) : pathIn('x', part),
    )
    value = `${value}?.map((x)=>${item}).filter((y)=>y!==undefined)`
  }
  if (isItem) return ifThere(value, `[${value}]`)
  return or === undefined ? value : `(${value}??${emitLiteral(or)})`
}

function ifThere(test: string | undefined, value: string): string {
  if (test === undefined) return value
  return `(${test}===undefined?undefined:${value})`
}
