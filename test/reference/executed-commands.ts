/**
 * The examples of the methods that the server has, typed as they are printed on the command line. `npm run test:site` runs
 * this file, with every second example: each command makes keys of its own. `npm run test:site -- --full` runs all.
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

for (const [example, isInTurn] of inTurn([...(await readExamples()).values()], 'command line')) {
  const { command, more = [] } = print(example, true)
  if (command !== undefined) printed++
  if (!isInTurn) continue
  if (command !== undefined) {
    test(`${example.method} on the command line shows the values on its page`, async () => {
      await runs.example(command, example)
    })
  }
  for (const snippet of more) {
    const { command: commands } = snippet
    if (commands === undefined) continue
    test(`${example.method}, "${snippet.title}", on the command line prints the lines on its page`, () =>
      runs.commands(commands, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that run here', async () => {
  assert.equal((await executedCounts()).command, printed)
})
