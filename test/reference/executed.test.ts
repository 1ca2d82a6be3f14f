// Own process: it is long.
// Full rounds: its examples run in a thread of their own.
/**
 * The examples of every method that the server has, run as they are printed in TypeScript. `npm run test:site` runs those of
 * the command line and of Lua.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { supportedMethods } from '@cablegram/server'
import { executedCounts, print } from '../../site/printers/index.ts'
import { readExamples } from '../../site/printers/read-examples.ts'
import { Runs } from './runs.ts'

/** Examples whose call does not succeed, or not in every language, and why; their pages say so, too. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'account.getTmpPassword': 'the server sells nothing that takes a temporary password',
  'account.registerPasskey': 'only a program in TypeScript has a passkey',
  'auth.bindTempAuthKey': 'the client binds its temporary keys by itself',
  'auth.finishPasskeyLogin': 'only a program in TypeScript has a passkey',
  'messages.getPollVotes': 'the votes are shown to those who have voted',
  'messages.getStickerSet': 'the server has no stickers',
  invokeAfterMsg: 'the client does not tell the ids of its messages',
}

const runs = new Runs()
after(() => runs.close())

const examples = await readExamples()
let ran = 0

/** A sentence for each method without an example. */
function withoutExample(methods: readonly string[]): string[] {
  const without = methods.filter((method) => !examples.has(method))
  return without.map((method) => `add site/examples/${method}.ts: ${method} has no example yet`)
}

test('every method of the server has an example', () => {
  assert.deepEqual(withoutExample(supportedMethods().map(({ method }) => method)), [])
})

test('a method that is added without its example is told which file to add', () => {
  assert.deepEqual(withoutExample(['auth.signIn', 'auth.newMethod']), [
    'add site/examples/auth.newMethod.ts: auth.newMethod has no example yet',
  ])
})

test('only methods that the server has are in the folder of examples', () => {
  const supported = new Set(supportedMethods().map(({ method }) => method))
  assert.deepEqual(
    [...examples.keys()].filter((method) => !supported.has(method)),
    [],
  )
})

test('at most seven examples do not succeed in every language, and their pages say why', () => {
  const exceptions = [...examples.values()].filter(({ refused, missing }) => refused ?? missing)
  assert.deepEqual(exceptions.map(({ method }) => method).toSorted(), Object.keys(EXCEPTIONS).toSorted())
  assert.ok(exceptions.length <= 7)
  for (const { method, note, missing } of exceptions) assert.ok(note ?? missing, method)
})

for (const example of examples.values()) {
  const { typescript, shows = '', more = [] } = print(example, true)
  test(`${example.method} in TypeScript prints the values on its page`, async () => {
    await runs.typescript(typescript, shows)
    ran++
  })
  for (const snippet of more) {
    test(`${example.method}, "${snippet.title}", in TypeScript prints the lines on its page`, () =>
      runs.typescript(snippet.typescript, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that ran', async () => {
  assert.equal((await executedCounts()).typescript, ran)
})
