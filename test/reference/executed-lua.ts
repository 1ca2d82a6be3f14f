/**
 * The examples of the methods that the server has, run as they are printed in Lua. `npm run test:site` runs this file, with every
 * second example: each script has a thread of its own, as `cablegram lua` gives it, which takes a fifth of a second.
 * `npm run test:site -- --full` runs all.
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

for (const [example, isInTurn] of inTurn([...(await readExamples()).values()], 'Lua')) {
  const { lua, luaNote, shows = '', more = [] } = print(example, true)
  if (luaNote === undefined) printed++
  if (!isInTurn) continue
  if (luaNote === undefined) {
    test(`${example.method} in Lua prints the values on its page`, async () => {
      await runs.lua(lua, shows)
    })
  }
  for (const snippet of more) {
    const { lua: text } = snippet
    if (text === undefined) continue
    test(`${example.method}, "${snippet.title}", in Lua prints the lines on its page`, () =>
      runs.lua(text, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that run here', async () => {
  assert.equal((await executedCounts()).lua, printed)
})
