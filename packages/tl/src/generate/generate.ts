import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ERROR_ROWS_DECLARATION,
  emitCallers,
  emitDeclarations,
  emitErrorRows,
  emitErrors,
  emitFields,
  emitJavaScript,
  emitLayerIndex,
  emitLayerTable,
  emitLayerWriters,
  emitOlderReaders,
  errorRows,
  shapeOf,
} from '../compiler/index.ts'
import { LAYER_RULES } from '../layers/rules.ts'
import { SURFACE_METHODS, SURFACE_VALUES } from '../layers/surface.ts'
import { textsOfPackages } from './packages.ts'
import {
  type Layer,
  readLayers,
  readNewerLayers,
  readOldRequests,
  readService,
  readWords,
} from './sources.ts'
import { readWrittenErrors } from './written-errors.ts'

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url))

/** Every generated file by its path in the package. */
function generate(): Map<string, string> {
  const layers = readLayers()
  const newest = layers.pop()
  if (newest === undefined) throw new TypeError('there is no layer')
  const service = readService()
  const rows = errorRows(newest.schema, readWrittenErrors())
  const errors = emitErrors(newest.schema, rows)
  const callers = emitCallers(newest.schema)
  const fields = emitFields(newest.schema)
  return new Map([
    ['generated/api.js', emitJavaScript(newest.schema, newest.layer, LAYER_RULES.standIns)],
    ['generated/api.d.ts', emitDeclarations(newest.schema, newest.layer, readWords())],
    ['generated/errors.js', errors.js],
    ['generated/errors.d.ts', errors.dts],
    ['generated/errors.json', emitErrorRows(rows)],
    ['generated/error-rows.d.cts', ERROR_ROWS_DECLARATION],
    ['generated/callers.js', callers.js],
    ['generated/callers.d.ts', callers.dts],
    ['generated/fields.js', fields.js],
    ['generated/fields.d.ts', fields.dts],
    ['generated/service.js', emitJavaScript(service, undefined)],
    ['generated/service.d.ts', emitDeclarations(service, undefined)],
    ...generateLayers(newest, [...layers, ...readNewerLayers()]),
  ])
}

function generateLayers({ layer: newestLayer, schema }: Layer, others: readonly Layer[]): [string, string][] {
  const newest = shapeOf(schema)
  const surface = { methods: SURFACE_METHODS, values: SURFACE_VALUES }
  const shapes = others.map(({ layer, schema }) => ({ layer, shape: shapeOf(schema) }))
  const requests = [shapeOf(readOldRequests(schema)), ...shapes.map(({ shape }) => shape)]
  const index = emitLayerIndex(shapes.map(({ layer }) => layer))
  return [
    ['generated/layers/writers.js', emitLayerWriters(newest, shapes, surface, LAYER_RULES)],
    ['generated/layers/requests.js', emitOlderReaders(newest, requests, surface, LAYER_RULES)],
    ['generated/layers/index.js', index.js],
    ['generated/layers/index.d.ts', index.dts],
    ['../../docs/layers.md', emitLayerTable(newest, newestLayer, shapes, surface, LAYER_RULES)],
  ]
}

/** Writes the files that differ, or with `isCheck` only names them. */
function update(files: ReadonlyMap<string, string>, { isCheck }: { isCheck: boolean }): string[] {
  const changed: string[] = []
  for (const [name, content] of files) {
    const path = PACKAGE + name
    if (existsSync(path) && readFileSync(path, 'utf8') === content) continue
    changed.push(name)
    if (isCheck) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return changed
}

/**
 * `npm run generate` writes the files. `--check` only compares and fails if a file differs. `--refresh` first
 * updates the texts in `sources/` from the packages that publish them.
 */
function main(args: readonly string[]): void {
  const isCheck = args.includes('--check')
  const texts = args.includes('--refresh') ? textsOfPackages() : new Map<string, string>()
  const sources = [...texts].map(([path, text]): [string, string] => [`sources/${path}`, text])
  const changed = [...update(new Map(sources), { isCheck }), ...update(generate(), { isCheck })]
  if (changed.length === 0) console.log('generated files are up to date')
  else if (!isCheck) console.log(`generated ${changed.join(', ')}`)
  else {
    console.error(`out of date: ${changed.join(', ')}; run npm run generate`)
    process.exitCode = 1
  }
}

main(process.argv.slice(2))
