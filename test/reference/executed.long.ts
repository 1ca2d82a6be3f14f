/**
 * The examples of every method that the server has, run as they are printed in TypeScript. `npm run test:site` runs those of
 * the command line and of Lua.
 * Full rounds: they run in a thread of their own.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { executedCounts, print } from '../../site/printers/index.ts'
import { readExamples } from '../../site/printers/read-examples.ts'
import { Runs } from './runs.ts'

const runs = new Runs()
after(() => runs.close())

let ran = 0

for (const example of (await readExamples()).values()) {
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
