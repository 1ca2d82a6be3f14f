import assert from 'node:assert/strict'
import { test } from 'node:test'
import { model, rendered, tableBelow } from './built.ts'

/**
 * The page of auth.sendCode that this reference grew from, row by row: names, types, codes and names of errors. Ours has
 * all of it, and says nothing else about it.
 */
const SEED = {
  parameters: [
    ['phone_number', 'string', 'yes'],
    ['api_id', 'int', 'yes'],
    ['api_hash', 'string', 'yes'],
    ['settings', 'CodeSettings', 'yes'],
  ],
  returns: 'auth.SentCode',
  bots: 'no',
  errors: [
    [400, 'API_ID_INVALID'],
    [400, 'API_ID_PUBLISHED_FLOOD'],
    [400, 'INPUT_REQUEST_TOO_LONG'],
    [400, 'PHONE_NUMBER_APP_SIGNUP_FORBIDDEN'],
    [400, 'PHONE_NUMBER_BANNED'],
    [400, 'PHONE_NUMBER_FLOOD'],
    [400, 'PHONE_NUMBER_INVALID'],
    [400, 'PHONE_PASSWORD_PROTECTED'],
    [400, 'SMS_CODE_CREATE_FAILED'],
    [406, 'AUTH_KEY_DUPLICATED'],
    [406, 'PHONE_NUMBER_INVALID'],
    [406, 'PHONE_PASSWORD_FLOOD'],
    [401, 'AUTH_KEY_PERM_EMPTY'],
    [-500, 'No workers running'],
    [-503, 'Timeout'],
  ],
} as const

const { markdown, html } = rendered('/methods/auth.sendCode')

/** A cell without links and code marks. */
function bare(cell = ''): string {
  return cell.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')
}

test('the title and a description of our own', () => {
  assert.match(markdown, /^# auth\.sendCode\n\n\S+/m)
})

test('each parameter, with its type, whether it is required, and a description', () => {
  const rows = tableBelow(markdown, 'Parameters')
  assert.deepEqual(
    rows.map(([name, type, required]) => [bare(name).split(' ')[0], bare(type), bare(required)]),
    SEED.parameters,
  )
  for (const [, , , description = ''] of rows) assert.ok(description.length > 10, description)
})

test('the type of the answer, with a link', () => {
  assert.ok(markdown.includes(`| **Answers** | [${SEED.returns}](../types/${SEED.returns}.md) |`))
})

test('bots may not call it', () => {
  assert.match(markdown, new RegExp(`Bots: \\*\\*${SEED.bots}\\*\\*`))
})

test('an example in the language of the client, and the same in Lua, without holes to fill', () => {
  for (const [language, call] of [
    ['ts', 'client.auth.sendCode('],
    ['lua', 'auth.sendCode'],
    ['sh', 'npx cablegram call auth.sendCode'],
  ] as const) {
    const code = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(markdown)?.[1] ?? ''
    assert.ok(code.includes(call), language)
    assert.ok(code.includes('+9996621234'))
  }
  assert.ok(html.includes('data-tab="Lua"'))
})

test('each error by code and name, with its cause and what to do', () => {
  const own = tableBelow(markdown, 'Errors')
  const any = model.errors.any
  const missing = SEED.errors.filter(([code, name]) => {
    const row = own.find(([error]) => bare(error) === `${code} ${name}`)
    if (row !== undefined) return row[1] === '–' || row[2] === 'No advice yet.'
    const common = any.find((error) => error.code === code && error.name === name)
    return common?.cause === undefined || common.advice === undefined || !markdown.includes(`\`${name}\``)
  })
  assert.deepEqual(missing, [])
})

test('what the page has beside: wire, layers, related pages', () => {
  for (const heading of ['On the wire', 'Layers', 'Related', 'What it answers'])
    assert.ok(markdown.includes(`\n## ${heading}\n`), heading)
})
