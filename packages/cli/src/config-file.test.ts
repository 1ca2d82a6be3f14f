import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { serveCommand } from './commands/serve.ts'
import { readConfigFile } from './config-file.ts'
import { CommandError, CommandLineError } from './errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-config-'))
after(() => rmSync(folder, { recursive: true }))

function config(text: string) {
  const file = join(folder, 'cablegram.json')
  writeFileSync(file, text)
  return readConfigFile(serveCommand, file)
}

test('a configuration file holds the options of the command line', () => {
  const { args, settings } = config(
    '{"port": 0, "console-host": "localhost", "memory": true, "json": false, "settings": {"maxAttempts": 3}}',
  )
  assert.equal(args.number('port'), 0)
  assert.equal(args.text('console-host'), 'localhost')
  assert.deepEqual([args.flag('memory'), args.flag('json')], [true, false])
  assert.deepEqual(settings, { maxAttempts: 3 })
})

test('an invalid configuration file is refused by its name', () => {
  for (const text of [
    '{',
    '[]',
    'null',
    '{"ports": 1}',
    '{"port": {}}',
    '{"memory": "yes"}',
    '{"limits": "none"}',
    '{"settings": 1}',
    '{"settings": []}',
  ]) {
    assert.throws(
      () => config(text),
      (error: unknown) => error instanceof CommandLineError && /cablegram\.json/.test(error.message),
      text,
    )
  }
  assert.throws(() => readConfigFile(serveCommand, join(folder, 'none.json')), CommandError)
})
