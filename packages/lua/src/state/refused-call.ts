import { LUA_TYPE } from './module.ts'
import type { Stack } from './stack.ts'
import { type Refusal, Thrown } from './thrown.ts'

/** A call that failed: in Lua a table with the fields of the refusal, `where`, and `__tostring`. */
export class RefusedCall extends Thrown {
  readonly refusal: Refusal
  readonly #metatable: number

  /** @param metatable the reference of the metatable that all refusals share */
  constructor(refusal: Refusal, metatable: number) {
    super(refusal.message)
    this.refusal = refusal
    this.#metatable = metatable
  }

  override push(stack: Stack): void {
    const where = stack.place().replace(/: $/, '')
    stack.newTable(0, FIELDS.length + 1)
    for (const name of FIELDS) {
      const value = this.refusal[name]
      if (value === undefined) continue
      if (typeof value === 'number') stack.pushInteger(value)
      else stack.pushText(value)
      stack.setField(name)
    }
    stack.pushText(where)
    stack.setField('where')
    stack.pushKept(this.#metatable)
    stack.setMetatable(-2)
  }
}

const FIELDS = ['kind', 'code', 'type', 'argument', 'message', 'method'] as const

/** The refusal that a table of the script describes; undefined for any other table. */
export function readRefusal(stack: Stack, index: number): (Refusal & { readonly where: string }) | undefined {
  const text = (name: string) => {
    const type = stack.getField(index, name)
    const value = type === LUA_TYPE.string ? stack.text(-1) : undefined
    stack.pop()
    return value
  }
  const integer = (name: string) => {
    const value = stack.getField(index, name) === LUA_TYPE.number ? stack.number(-1) : undefined
    stack.pop()
    return value
  }
  const [kind, message, method] = [text('kind'), text('message'), text('method')]
  const code = integer('code') ?? text('code')
  if ((kind !== 'rpc' && kind !== 'client') || message === undefined) return undefined
  if (method === undefined || code === undefined) return undefined
  const rest = { type: text('type'), argument: integer('argument'), where: text('where') ?? '' }
  return { kind, code, message, method, ...rest }
}
