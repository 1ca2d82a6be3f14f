import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Arguments } from './command.ts'
import { consoleToken } from './console-token.ts'

const file = join(mkdtempSync(join(tmpdir(), 'cablegram-token-')), 'token')
writeFileSync(file, '  from the file\n')

function given(options: Record<string, string>): Arguments {
  return { text: (name: string) => options[name] } as Arguments
}

test('the console’s token comes from its option, a file, or the environment', (t) => {
  t.after(() => {
    delete process.env['CABLEGRAM_CONSOLE_TOKEN']
  })
  assert.equal(consoleToken(given({})), undefined)
  process.env['CABLEGRAM_CONSOLE_TOKEN'] = ''
  assert.equal(consoleToken(given({})), undefined)
  process.env['CABLEGRAM_CONSOLE_TOKEN'] = 'from the environment'
  assert.equal(consoleToken(given({})), 'from the environment')
  assert.equal(consoleToken(given({ 'console-token': 'typed' })), 'typed')
  assert.equal(consoleToken(given({ 'console-token-file': file })), 'from the file')
  const both = given({ 'console-token': 'typed', 'console-token-file': file })
  assert.throws(() => consoleToken(both), /give one of them/)
  writeFileSync(file, ' \n')
  assert.throws(() => consoleToken(given({ 'console-token-file': file })), /is empty/)
  assert.throws(() => consoleToken(given({ 'console-token-file': `${file}.none` })), /cannot read/)
})
