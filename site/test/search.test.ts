import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { searchLatency } from '../src/build/report.ts'
import { errorSlug } from '../src/model/errors.ts'
import { searchDocuments } from '../src/search/documents.ts'
import { createSearch } from '../src/search/search.ts'
import { termsOf } from '../src/search/terms.ts'
import { model } from './built.ts'

const search = createSearch(searchDocuments(model))
const first = (query: string) => search.find(query, 1)[0]?.id

/** Queries in words, each with the page that comes first, or with several of which one does. */
const QUERIES: Readonly<Record<string, string | readonly string[]>> = JSON.parse(
  readFileSync(new URL('./queries.json', import.meta.url), 'utf8'),
)

test('names are cut at dots, underscores and capitals, and joined', () => {
  assert.deepEqual(termsOf('auth.sendCode').toSorted(), ['auth', 'authsendcode', 'code', 'send', 'sendcode'])
  assert.deepEqual(termsOf('FLOOD_WAIT_X').toSorted(), ['flood', 'floodwaitx', 'wait', 'x'])
  assert.deepEqual(termsOf('inputPeerURL2Link').toSorted(), [
    'input',
    'inputpeerurl2link',
    'link',
    'peer',
    'url2',
  ])
})

test('every method, constructor, type and error name puts its own page first', () => {
  const wrong = [
    ...[...model.methods.keys()].map((name) => [name, `methods/${name}`] as const),
    ...[...model.constructors.keys()].map((name) => [name, `constructors/${name}`] as const),
    ...[...model.types.keys()].map((name) => [name, `types/${name}`] as const),
    ...[...model.errors.byName.keys()].map((name) => [name, `errors/${errorSlug(name)}`] as const),
  ].filter(([name, page]) => first(name) !== page)
  assert.deepEqual(wrong, [])
})

test('100 queries in words find their page first', () => {
  assert.ok(Object.keys(QUERIES).length >= 100)
  const wrong = Object.entries(QUERIES)
    .map(([query, pages]) => [query, first(query), pages] as const)
    .filter(([, found, pages]) => ![pages].flat().includes(found ?? ''))
  assert.deepEqual(wrong, [])
})

test('a query without a match finds nothing, and an odd one breaks nothing', () => {
  assert.deepEqual(search.find('zzzzqqqq', 5), [])
  for (const query of ['', ' ', '...', '"', '\\', '☃', 'x'.repeat(10_000)]) search.find(query, 5)
  // Only its beginning is looked for: the fuzzy search would take seconds for each word of this length.
  assert.deepEqual(search.find('a'.repeat(1_000_000), 5), [])
})

test('the latency of the search', () => {
  const { queryMs, slowestMs, buildMs } = searchLatency(model)
  console.log(
    `search: ${queryMs.toFixed(1)} ms a query, slowest ${slowestMs.toFixed(1)} ms, ready in ${Math.round(buildMs)} ms`,
  )
})
