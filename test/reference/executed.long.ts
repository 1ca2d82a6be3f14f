/**
 * The examples of the methods that the server has, run as they are printed in TypeScript: every third (in-turn.ts), and all with
 * `npm run test:long -- --full`. `npm run test:site` runs those of the command line and of Lua.
 * Full rounds: they run in a thread of their own.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { executedCounts, print } from '../../site/printers/index.ts'
import { readExamples } from '../../site/printers/read-examples.ts'
import { inTurn } from './in-turn.ts'
import { Runs } from './runs.ts'

const runs = new Runs()
after(() => runs.close())

let printed = 0

for (const [example, isInTurn] of inTurn([...(await readExamples()).values()], 'TypeScript')) {
  const { typescript, shows = '', more = [] } = print(example, true)
  printed++
  if (!isInTurn) continue
  test(`${example.method} in TypeScript prints the values on its page`, async () => {
    await runs.typescript(typescript, shows)
  })
  for (const snippet of more) {
    test(`${example.method}, "${snippet.title}", in TypeScript prints the lines on its page`, () =>
      runs.typescript(snippet.typescript, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that run here', async () => {
  assert.equal((await executedCounts()).typescript, printed)
})
