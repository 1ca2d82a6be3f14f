import { closestNames } from '@cablegram/tl'
import { methodNames } from '@cablegram/tl/fields'

const MISSING = /attempt to (index|call) a nil value \(global '(\w+)'\)$/
const MOST_NAMES = 3

/** A question to end Lua's complaint about an undefined global with; empty unless a namespace or a method has nearly that name. */
export function hintFor(complaint: string): string {
  const [, use, name] = MISSING.exec(complaint) ?? []
  if (use === undefined || name === undefined) return ''
  const meant = use === 'index' ? closestNames(name, namespaces()) : methodsCalled(name)
  return meant.length === 0 ? '' : `; did you mean ${meant.join(' or ')}?`
}

function namespaces(): Set<string> {
  return new Set(methodNames().flatMap((method) => (method.includes('.') ? method.split('.', 1) : [])))
}

/** A script may leave out the namespace; any other name is more likely a function of the script's own. */
function methodsCalled(name: string): string[] {
  return methodNames()
    .filter((method) => method.endsWith(`.${name}`))
    .slice(0, MOST_NAMES)
}
