import { readFileSync } from 'node:fs'
import { type Shape, shapeOf } from '../compiler/index.ts'
import { checkSchema, parseTl, type Schema } from '../schema/index.ts'

function load(name: string): Schema {
  return parseTl(readFileSync(new URL(`../../generated/${name}`, import.meta.url), 'utf8'), name)
}

/** The generated schema text `api.tl` or `service.tl`. */
export function generatedSchema(name: 'api' | 'service'): Shape {
  return shapeOf(checkSchema(load(`${name}.tl`)))
}

/** An older layer: what its file has, and of the newest layer what the file does not replace or name absent. */
export function olderSchema(layer: number): Shape {
  const newest = load('api.tl')
  const own = load(`layers/${layer}.tl`)
  const absent = [...own.source.text.matchAll(/^\/\/ absent: (.+)$/gm)].map(([, name]) => name ?? '')
  const merge = (kind: 'constructors' | 'methods') => {
    const names = new Set([...own[kind].map(({ name }) => name), ...absent])
    return [...own[kind], ...newest[kind].filter(({ name }) => !names.has(name))]
  }
  return shapeOf({ source: own.source, constructors: merge('constructors'), methods: merge('methods') })
}
