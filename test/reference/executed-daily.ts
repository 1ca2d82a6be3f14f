/** The examples of the daily calls, run as their pages print them. `npm run test:site` runs this file. */
import { after, test } from 'node:test'
import { DAILY_EXAMPLES, dailyLua, dailyTypeScript } from '../../site/printers/daily-examples.ts'
import { Runs } from './runs.ts'

const runs = new Runs()
after(() => runs.close())

for (const [name, example] of Object.entries(DAILY_EXAMPLES)) {
  test(`${name} in TypeScript prints the lines on its page`, () =>
    runs.typescript(dailyTypeScript(example), example.shows))
  test(`${name} in Lua prints the lines on its page`, () =>
    runs.lua(dailyLua(example), example.luaShows ?? example.shows))
}
