import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { askPassphrase } from './session-storage.ts'

/** A terminal at which somebody types a line. */
function terminal(typed: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const output = new PassThrough()
  input.write(typed)
  return { input, output }
}

test('a terminal is asked for a passphrase, and does not show it', async () => {
  const { input, output } = terminal('correct horse\r')
  assert.equal(await askPassphrase('me.session', input, output), 'correct horse')
  output.end()
  const shown = await text(output)
  assert.match(shown, /Passphrase of me\.session: /)
  assert.doesNotMatch(shown, /correct|horse/)
})

test('an empty passphrase is refused', async () => {
  const { input, output } = terminal('\r')
  await assert.rejects(askPassphrase('me.session', input, output), { message: /needs its passphrase/ })
})
