/**
 * The examples of every method that the server has, run as they are printed in Lua. Each script has a thread of its own, as
 * `cablegram lua` gives it; a fifth of a second for each is much for `npm test`, so `npm run test:site` runs this file.
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
  const { lua, luaNote, shows = '', more = [] } = print(example, true)
  if (luaNote === undefined) {
    test(`${example.method} in Lua prints the values on its page`, async () => {
      await runs.lua(lua, shows)
      ran++
    })
  }
  for (const snippet of more) {
    const { lua: text } = snippet
    if (text === undefined) continue
    test(`${example.method}, "${snippet.title}", in Lua prints the lines on its page`, () =>
      runs.lua(text, snippet.shows))
  }
}

test('the count that the site prints is that of the examples that ran', async () => {
  assert.equal((await executedCounts()).lua, ran)
})
