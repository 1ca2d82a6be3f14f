/** Somebody writes to a bot and presses its button, and both are people on demand: `npm run example people-on-demand`. */
import { startServer } from '@cablegram/server'

const server = await startServer({ store: 'memory', testClock: true })

// The bot signs in with its token from any library. Here it is played, too.
const bot = await server.people.create({ firstName: 'Tea', username: 'tea_bot', bot: true })
const ada = await server.people.create({ firstName: 'Ada' })

await ada.start('@tea_bot')
await bot.send((await bot.next()).chat, 'Tea?', { buttons: [[{ text: 'Yes', data: 'yes' }]] })

const pressing = ada.press(await ada.next({ from: '@tea_bot' }), 'Yes')
await bot.answer(await bot.nextPress(), { text: 'Good choice' })
console.log(`The bot says: ${(await pressing).text}.`)

await server.close()
