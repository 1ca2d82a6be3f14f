import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  emitDeclarations,
  emitErrors,
  emitJavaScript,
  emitLayerIndex,
  emitOlderReaders,
  emitOlderWriters,
  HEADER,
  type Shape,
  shapeOf,
} from '../compiler/index.ts'
import { LAYER_RULES } from '../layers/rules.ts'
import { SURFACE_METHODS, SURFACE_VALUES } from '../layers/surface.ts'
import { type Combinator, printCombinator, printTl, type Schema } from '../schema/index.ts'
import { installSources, LAYER_SOURCES, oldRequests, serviceSchema } from './sources.ts'

/** Every generated file by its name in `generated/`. */
function generate(): Map<string, string> {
  const layers = [...LAYER_SOURCES].map(([layer, load]) => ({ layer, schema: load() }))
  const newest = layers.pop()
  if (newest === undefined) throw new TypeError('there is no layer')
  const service = serviceSchema()
  const errors = emitErrors(newest.schema)
  return new Map([
    ['api.js', emitJavaScript(newest.schema, newest.layer)],
    ['api.tl', HEADER + printTl(newest.schema)],
    ['api.d.ts', emitDeclarations(newest.schema, newest.layer)],
    ['errors.js', errors.js],
    ['errors.d.ts', errors.dts],
    ['service.js', emitJavaScript(service, undefined)],
    ['service.tl', HEADER + printTl(service)],
    ['service.d.ts', emitDeclarations(service, undefined)],
    ...generateLayers(shapeOf(newest.schema), layers),
  ])
}

function generateLayers(
  newest: Shape,
  olders: readonly { readonly layer: number; readonly schema: Schema }[],
): [string, string][] {
  const surface = { methods: SURFACE_METHODS, values: SURFACE_VALUES }
  const shapes = olders.map(({ layer, schema }) => ({ layer, shape: shapeOf(schema) }))
  const requests = [shapeOf(oldRequests(newest.schema)), ...shapes.map(({ shape }) => shape)]
  const index = emitLayerIndex(shapes.map(({ layer }) => layer))
  return [
    ...shapes.map(({ layer, shape }): [string, string] => [
      `layers/${layer}.js`,
      emitOlderWriters(newest, shape, layer, surface, LAYER_RULES),
    ]),
    ...shapes.map(({ layer, shape }): [string, string] => [
      `layers/${layer}.tl`,
      HEADER + printDifferences(newest.schema, shape.schema),
    ]),
    ['layers/requests.js', emitOlderReaders(newest, requests, surface, LAYER_RULES)],
    ['layers/index.js', index.js],
    ['layers/index.d.ts', index.dts],
  ]
}

/** An older layer as TL text: what it has in other words than the newest, and the names it does not have. */
function printDifferences(newest: Schema, older: Schema): string {
  const all = (schema: Schema) => [...schema.constructors, ...schema.methods]
  const known = new Set(all(newest).map(printCombinator))
  const names = new Set(all(older).map(({ name }) => name))
  const isOwn = (combinator: Combinator) => !known.has(printCombinator(combinator))
  const own = { constructors: older.constructors.filter(isOwn), methods: older.methods.filter(isOwn) }
  const absent = all(newest).flatMap(({ name }) => (names.has(name) ? [] : [`// absent: ${name}\n`]))
  return printTl(own) + absent.join('')
}

/** `npm run generate` writes the files; with `--check` it only compares, and fails where one differs. */
function main(args: readonly string[]): void {
  installSources()
  const folder = fileURLToPath(new URL('../../generated/', import.meta.url))
  const changed: string[] = []
  for (const [name, content] of generate()) {
    const path = folder + name
    if (existsSync(path) && readFileSync(path, 'utf8') === content) continue
    changed.push(name)
    if (args.includes('--check')) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  if (changed.length === 0) console.log('generated files are up to date')
  else if (!args.includes('--check')) console.log(`generated ${changed.join(', ')}`)
  else {
    console.error(`out of date: ${changed.join(', ')}; run npm run generate`)
    process.exitCode = 1
  }
}

main(process.argv.slice(2))
