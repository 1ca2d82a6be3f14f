// Own process: it changes the environment.
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Arguments } from './command.ts'
import { consoleToken } from './console-token.ts'
import { unreadable } from './text-file.ts'

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
  assert.throws(() => consoleToken(given({ 'console-token-file': `${file}.none` })), /there is no such file/)
})

test('an option that names a folder or an unreadable file says so', () => {
  const folder = given({ 'console-token-file': tmpdir() })
  assert.throws(() => consoleToken(folder), {
    message: `cannot read ${tmpdir()}: that is a folder, and --console-token-file takes a file.`,
  })
  const rows: [string, RegExp][] = [
    ['EACCES', /^cannot read f: this user may not read that file\. Change its permissions/],
    ['EPERM', /may not read/],
    ['ENOENT', /there is no such file\. Check the name given with --seed\.$/],
    ['EIO', /^cannot read f: check the name given with --seed\.$/],
  ]
  for (const [code, message] of rows) {
    assert.match(unreadable('f', 'seed', Object.assign(new Error('no'), { code })).message, message)
  }
})
