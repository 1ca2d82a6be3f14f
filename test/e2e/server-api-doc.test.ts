/** site/guides/server-api.md lists exactly the calls, options and types of an in-process server. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as exported from '@cablegram/server'
import { CONSOLE_API_DOC, renderConsoleApiDoc } from '../../scripts/console-api-doc.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const PAGE = read('site/guides/server-api.md')

/** The rows of the table below this heading, as cells. */
function rowsOf(heading: string): string[][] {
  const [, below = ''] = PAGE.split(`## ${heading}\n`)
  const [section = ''] = below.split('\n## ')
  const lines = section.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(/`(\w+)(?:\(\))?`/g)].map(([, name = '']) => name)

test('the page lists exactly the calls of a server', async () => {
  await using server = await exported.startServer({ store: 'memory' })
  const calls = Object.entries(server).flatMap(([name, part]) =>
    typeof part === 'object' && name !== 'info' ? Object.keys(part).map((call) => `${name}.${call}`) : [name],
  )
  const listed = rowsOf('Calls').map(([call = '']) => /`server\.([\w.]+)/.exec(call)?.[1])
  assert.deepEqual(listed.toSorted(), calls.sort())
})

test('the page lists exactly the calls of a person', async () => {
  await using server = await exported.startServer({ store: 'memory' })
  const person = await server.people.create({ firstName: 'Ada' })
  const calls = Object.entries(person).flatMap(([name, part]) => (typeof part === 'function' ? name : []))
  const listed = rowsOf('Calls of a person').map(([call = '']) => /`person\.(\w+)/.exec(call)?.[1])
  assert.deepEqual(listed.toSorted(), calls.sort())
})

test('the page and the OpenAPI document have the same requests', async () => {
  await using server = await exported.startServer({ store: 'memory' })
  const { paths } = JSON.parse(await (await fetch(`${server.info.console}/openapi.json`)).text())
  const requests = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const rows = [...rowsOf('Calls'), ...rowsOf('Calls of a person')]
  const inTable = rows.flatMap(([, request = '']) => request.replaceAll('`', '') || [])
  const [, others = ''] = /\nRequests without a call: (.*)\n/.exec(PAGE) ?? []
  const beside = [...others.matchAll(/`([^`]+)`/g)].map(([, request = '']) => request)
  assert.deepEqual([...new Set([...inTable, ...beside])].sort(), requests.sort())
})

test('the page lists exactly the options of startServer', () => {
  const declared = [
    /interface ServerOptions [^{]*\{\n([\s\S]*?)\n\}/.exec(
      read('packages/server/src/start/options.ts'),
    )?.[1] ?? '',
    /interface TransportOptions \{\n([\s\S]*?)\n\}/.exec(
      read('packages/server/src/start/transport-options.ts'),
    )?.[1] ?? '',
  ].join('\n')
  const options = [...declared.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name = '']) => name)
  assert.ok(options.length > 30)
  const listed = rowsOf('Options of startServer').flatMap(([name = '']) => namesIn(name))
  assert.deepEqual(listed.toSorted(), options.sort())
})

test('every serve option named beside an option of startServer exists', () => {
  const serve = read('packages/cli/src/commands/serve.ts')
  for (const [, flags = ''] of rowsOf('Options of startServer')) {
    for (const [, flag = ''] of flags.matchAll(/`--([\w-]+)`/g)) {
      assert.match(serve, new RegExp(`^    '?${flag}'?: \\{`, 'm'), flag)
    }
  }
})

test('the page lists exactly the exported types and values', () => {
  const index = read('packages/server/src/index.ts')
  const api = ['server-api', 'people-api']
    .map((file) => read(`packages/server/src/start/${file}.ts`))
    .join('\n')
  const inBraces = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.replace(/^\s*type\s+/, '').trim()),
  )
  const declared = [...api.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name)
  const names = [...inBraces, ...declared].filter((name) => name !== '' && name !== 'startServer')
  const [, types = ''] = PAGE.split('\n## Types\n')
  const listed = [
    ...namesIn(types).filter((name) => name !== 'server'),
    ...rowsOf('Other values').flatMap(([name = '']) => namesIn(name)),
  ]
  assert.deepEqual([...new Set(listed)].sort(), [...new Set(names)].sort())
  for (const value of ['ERRORS', 'supportedMethods', 'startServer']) assert.ok(value in exported, value)
})

test('the guide of the console API is that of the current OpenAPI document', async () => {
  assert.equal(
    readFileSync(CONSOLE_API_DOC, 'utf8'),
    await renderConsoleApiDoc(),
    'run: node scripts/console-api-doc.ts',
  )
})
