import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { gzipSync } from 'node:zlib'
import type { Model } from '../model/model.ts'
import { searchDocuments } from '../search/documents.ts'
import { createSearch } from '../search/search.ts'
import type { BuildFigures } from './build-site.ts'

/** The counts that the build prints and the README repeats. */
export interface Counts {
  readonly methods: number
  readonly constructors: number
  readonly types: number
  readonly errorNames: number
  readonly errorRows: number
  /** Rows with a cause and with advice. */
  readonly errorRowsWithAdvice: number
  readonly methodsWithErrors: number
  readonly examples: number
  /** Those that Lua can make. */
  readonly inLua: number
  readonly executed: { readonly typescript: number; readonly lua: number; readonly command: number }
}

/** Counts what the pages have. */
export function countsOf({ methods, constructors, types, errors }: Model): Counts {
  const rows = errors.rows.flatMap((row) => (row.methods === 'any' ? [row] : row.methods.map(() => row)))
  const examples = [...methods.values()].flatMap(({ example }) => example ?? [])
  const executed = examples.filter((example) => example.executed)
  return {
    methods: methods.size,
    constructors: constructors.size,
    types: types.size,
    errorNames: errors.byName.size,
    errorRows: rows.length,
    errorRowsWithAdvice: rows.filter(({ cause, advice }) => cause !== undefined && advice !== undefined)
      .length,
    methodsWithErrors: errors.byMethod.size,
    examples: examples.length,
    inLua: examples.filter(({ lua }) => lua !== '').length,
    executed: {
      typescript: executed.length,
      lua: executed.filter(({ lua }) => lua !== '').length,
      command: executed.filter(({ command }) => command !== undefined).length,
    },
  }
}

/** Bytes that a browser gets for a page, compressed: the page, its style and its script. */
export function weightOf(
  folder: string,
  page: string,
): { requests: number; bytes: number; plainBytes: number } {
  const files = [page, 'style.css', 'site.js'].map((file) => readFileSync(`${folder}${file}`))
  return {
    requests: files.length,
    bytes: files.reduce((sum, file) => sum + gzipSync(file).length, 0),
    plainBytes: files.reduce((sum, file) => sum + file.length, 0),
  }
}

const QUERIES = [
  'sendCode',
  'send code',
  'phone number flood',
  'flood',
  'auth.sentcode',
  'passwrd',
  'message',
]

/** Milliseconds to build the search and to answer a query, each the median of several. */
export function searchLatency(model: Model): { buildMs: number; queryMs: number; slowestMs: number } {
  const documents = searchDocuments(model)
  const startedMs = performance.now()
  const search = createSearch(documents)
  const buildMs = performance.now() - startedMs
  const times = QUERIES.flatMap((query) => [1, 2, 3].map(() => timeOf(() => search.find(query, 10)))).sort(
    (a, b) => a - b,
  )
  return { buildMs, queryMs: times[Math.floor(times.length / 2)] ?? 0, slowestMs: times.at(-1) ?? 0 }
}

function timeOf(work: () => unknown): number {
  const startedMs = performance.now()
  work()
  return performance.now() - startedMs
}

/** The lines that the build ends with. */
export function buildReport(model: Model, figures: BuildFigures, folder: string): string {
  const counts = countsOf(model)
  const weight = weightOf(folder, 'methods/auth.sendCode.html')
  const latency = searchLatency(model)
  const kinds = [...figures.byKind].map(([kind, count]) => `${count} ${kind}`)
  const { executed } = counts
  return [
    `Pages:    ${figures.pages} (${kinds.join(', ')})`,
    `Errors:   ${counts.errorRows} rows on ${counts.methodsWithErrors} methods, ${counts.errorNames} names; ${counts.errorRowsWithAdvice} rows with cause and advice`,
    `Examples: ${counts.examples} methods; executed: ${executed.typescript} in TypeScript, ${executed.lua} in Lua, ${executed.command} on the command line`,
    `Build:    ${figures.seconds.toFixed(1)} s, ${Math.round(figures.megabytesOfMemory)} MB of memory, ${figures.files} files, ${(figures.bytes / 1e6).toFixed(1)} MB`,
    `A page:   auth.sendCode, ${weight.requests} requests, ${(weight.bytes / 1024).toFixed(1)} KiB compressed (${(weight.plainBytes / 1024).toFixed(1)} KiB plain)`,
    `Search:   ${latency.queryMs.toFixed(1)} ms a query (slowest ${latency.slowestMs.toFixed(1)} ms), ready in ${Math.round(latency.buildMs)} ms`,
  ].join('\n')
}
