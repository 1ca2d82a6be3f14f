import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mergeWords, type Words } from '../compiler/index.ts'
import { checkSchema, parseTl, type Schema, withMethodFacts } from '../schema/index.ts'

/** Folder of the schema texts and of the manifest of the packages they came from. */
export const SOURCES: string = fileURLToPath(new URL('../../sources/', import.meta.url))

/** A layer of the API by its number. */
export interface Layer {
  readonly layer: number
  readonly schema: Schema
}

/** Layers of the API that have a text, oldest first. Everything is translated from the last one. */
export function readLayers(): Layer[] {
  return numbersIn('layers').map((layer) => ({ layer, schema: readLayer(layer) }))
}

/** Layers above the last one, which have a text of their differences from it. They are translated like the ones below it. */
export function readNewerLayers(): Layer[] {
  return numbersIn('newer').map((layer) => ({ layer, schema: readLayer(layer) }))
}

/** One layer of the API. */
export function readLayer(layer: number): Schema {
  const newest = numbersIn('layers').at(-1) ?? 0
  if (layer <= newest) return checkSchema(read(`layers/${layer}.tl`))
  return patched(checkSchema(read(`layers/${newest}.tl`)), `newer/${layer}.tl`)
}

/** A layer changed by a patch, which also names what is gone. */
export function patched(schema: Schema, path: string): Schema {
  const patch = parseTl(readFileSync(SOURCES + path, 'utf8'), `sources/${path}`)
  const absent = [...patch.source.text.matchAll(/^\/\/ absent: (.+)$/gm)].map(([, name]) => name ?? '')
  const merge = (kind: 'constructors' | 'methods') => {
    const names = new Set([...patch[kind].map(({ name }) => name), ...absent])
    return [...schema[kind].filter(({ name }) => !names.has(name)), ...patch[kind]]
  }
  return checkSchema({ source: patch.source, constructors: merge('constructors'), methods: merge('methods') })
}

function numbersIn(folder: string): number[] {
  const numbers = readdirSync(SOURCES + folder).map((name) => Number.parseInt(name, 10))
  return numbers.sort((a, b) => a - b)
}

/** MTProto's own messages. */
export function readService(): Schema {
  return checkSchema(read('service.tl'))
}

/**
 * Old forms of methods that clients still send, from layers that no source has. Parameter types are those of the
 * newest layer.
 */
export function readOldRequests(newest: Schema): Schema {
  return checkSchema({ ...read('old-requests.tl'), constructors: newest.constructors })
}

/** This project's own descriptions of the API. One file for each namespace; `root.json` has the names without one. */
export function readWords(): Words {
  const texts = readdirSync(`${SOURCES}words`).map((file) => readFileSync(`${SOURCES}words/${file}`, 'utf8'))
  return mergeWords(texts.map((text): Partial<Words> => JSON.parse(text)))
}

function read(path: string): Schema {
  return withMethodFacts(parseTl(readFileSync(SOURCES + path, 'utf8'), `sources/${path}`))
}
