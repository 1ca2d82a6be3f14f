import { closestNames } from '@cablegram/tl'
import { methodNames, methodShape, type Shape } from '@cablegram/tl/fields'
import { pushValue } from '../marshal/push.ts'
import { readParams } from '../marshal/read.ts'
import { RefusedCall } from '../state/refused-call.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import type { Host } from './host.ts'

/** The methods of a namespace; those without one are under the empty name. */
function namespaces(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const method of methodNames()) {
    const namespace = method.slice(0, Math.max(0, method.indexOf('.')))
    const siblings = found.get(namespace)
    if (siblings === undefined) found.set(namespace, [method])
    else siblings.push(method)
  }
  return found
}

/** Makes each namespace of the API a global table of functions, and each method without one a global function. */
export function installMethods(stack: Stack, host: Host, refusal: number): void {
  stack.pushGlobals()
  for (const [namespace, methods] of namespaces()) {
    if (namespace !== '') stack.newTable(0, methods.length)
    for (const method of methods) {
      stack.pushFunction((called) => callMethod(called, method, host, refusal))
      stack.setField(method.slice(method.indexOf('.') + 1))
    }
    if (namespace === '') continue
    pushNamespaceMetatable(stack, namespace, methods)
    stack.setMetatable(-2)
    stack.setField(namespace)
  }
  stack.pop()
}

function callMethod(stack: Stack, method: string, host: Host, refusal: number): number {
  const shape = methodShape(method)
  if (shape === undefined) throw new Mistake(`there is no method ${method}`)
  const params = readParams(stack, onlyTable(stack, shape), shape)
  const outcome = host.call(method, params)
  if ('refusal' in outcome) throw new RefusedCall(outcome.refusal, refusal)
  pushValue(stack, outcome.value, shape.result)
  return 1
}

/** The index of the table of parameters; without an argument it is an empty one. */
export function onlyTable(stack: Stack, { name }: Shape): number {
  const count = stack.top
  if (count === 0) stack.newTable()
  if (count > 1) throw new Mistake(`${name}: expected one table of parameters, got ${count} arguments`)
  if (!stack.isTable(1)) {
    throw new Mistake(`${name}: expected one table of parameters, got ${stack.describe(1)}`)
  }
  return 1
}

/** Asking a namespace for a method that it lacks is a mistake at once, not a call of nil later. */
function pushNamespaceMetatable(stack: Stack, namespace: string, methods: readonly string[]): void {
  stack.newTable(0, 1)
  stack.pushFunction((called) => {
    const key = called.isString(2) ? called.text(2) : `[${called.describe(2)}]`
    const close = closestNames(`${namespace}.${key}`, methods)
    const next = close.length === 0 ? '' : `; did you mean ${close.join(' or ')}?`
    throw new Mistake(`there is no method ${namespace}.${key}${next}`)
  })
  stack.setField('__index')
}
