/**
 * The examples of every method that the server has, typed as they are printed on the command line. `npm run test:site` runs
 * this file: each command makes keys of its own, which is much for `npm test`.
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
  const { command, more = [] } = print(example, true)
  if (command !== undefined) {
    test(`${example.method} on the command line shows the values on its page`, async () => {
      await runs.example(command, example)
      ran++
    })
  }
  for (const snippet of more) {
    const { command: commands } = snippet
    if (commands === undefined) continue
    test(`${example.method}, "${snippet.title}", on the command line prints the lines on its page`, () =>
      runs.commands(commands, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that ran', async () => {
  assert.equal((await executedCounts()).command, ran)
})
