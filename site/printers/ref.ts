const PATH: unique symbol = Symbol('path')

/** A place in the state of an example that has no literal, such as `sent.phoneCodeHash`. */
export interface Ref {
  readonly [PATH]: readonly string[]
}

/** The value of a name in a state. Every property of it is the value of a longer path. */
export function refOf(...path: string[]): Ref {
  return new Proxy(
    { [PATH]: path },
    {
      get: (target, key) => (typeof key === 'symbol' ? Reflect.get(target, key) : refOf(...path, key)),
    },
  )
}

/** The path of a value that comes from the state; undefined for all other values. */
export function pathOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Reflect.get(value, PATH)
}
