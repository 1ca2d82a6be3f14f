import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandIn } from './command.ts'

const OWN = ['tea_bot']
const ROWS: readonly (readonly [string, readonly string[], string | undefined, string?])[] = [
  ['/start', OWN, 'start', ''],
  ['/START', OWN, 'start', ''],
  ['/start  a b\nc ', OWN, 'start', 'a b\nc'],
  ['/start@tea_bot', OWN, 'start', ''],
  ['/start@Tea_Bot payload', OWN, 'start', 'payload'],
  ['/start@coffee_bot', OWN, undefined],
  ['/start@coffee_bot', [], 'start', ''],
  [' /start', OWN, undefined],
  ['start', OWN, undefined],
  ['/', OWN, undefined],
  ['/start-now', OWN, undefined],
  ['/usr/bin', OWN, undefined],
  [`/${'x'.repeat(65)}`, OWN, undefined],
  ['', OWN, undefined],
]

for (const [text, ownNames, name, argument] of ROWS) {
  test(`${JSON.stringify(text)} is ${name === undefined ? 'no command' : `the command ${name}`} to ${ownNames.join() || 'an unknown name'}`, () => {
    assert.deepEqual(commandIn(text, ownNames), name === undefined ? undefined : { name, argument })
  })
}
