import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const page = readFileSync(join(root, 'site/guides/client.md'), 'utf8')

/** The names in the first column of the table with this head. */
function listed(head: string): string[] {
  const table = page.split(`\n| ${head} |`)[1]?.split('\n\n')[0] ?? assert.fail(`no table ${head}`)
  const cells = [...table.matchAll(/\n\| (`.*?) \|/g)].map(([, cell = '']) => cell)
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)).toSorted()
}

function source(file: string): string {
  return readFileSync(join(root, 'packages/client/src', file), 'utf8')
}

/** The members of an interface or a class in a source file. */
function members(file: string, name: string, pattern: RegExp): string[] {
  const body = source(file)
    .split(new RegExp(`export (?:interface|(?:abstract )?class) ${name}\\b[^{]*{\n`))[1]
    ?.split('\n}')[0]
  const names = [...(body ?? assert.fail(name)).matchAll(pattern)].map(([, member = '']) => member)
  return [...new Set(names)].toSorted()
}

test('site/guides/client.md lists exactly the exports of the package', () => {
  const exported = [...source('index.ts').matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(
    ([, names = '']) => names.split(',').map((each) => each.replace(/\btype\b/, '').trim()),
  )
  assert.deepEqual(listed('export'), exported.filter((name) => name !== '').toSorted())
})

test('the page lists the client members, client options, call options and prompts', () => {
  const methods = /^ {2}(?:async |get )?([a-z]\w*)(?:<.*>)?\(/gm
  const client = [
    ...members('client.ts', 'TelegramClient', methods),
    ...members('daily-calls.ts', 'DailyCalls', methods),
  ].filter((name) => name !== 'constructor')
  assert.deepEqual(listed('member'), client.toSorted())
  const fields = /^ {2}readonly (\w+)\??:/gm
  assert.deepEqual(listed('option'), members('options.ts', 'ClientOptions', fields))
  assert.deepEqual(listed('call option'), members('options.ts', 'CallOptions', fields))
  assert.deepEqual(listed('prompt'), members('login/prompts.ts', 'LoginPrompts', /^ {2}(\w+)\??\(/gm))
})
