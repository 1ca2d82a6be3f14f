import * as v from 'valibot'
import { addBot, renewBotToken, showBots } from '../acts/bots.ts'
import { ConsoleError } from '../error.ts'
import { idAsText } from '../fields.ts'
import { type Route, route } from '../route.ts'
import { bot, botWithToken, newBot } from '../schemas.ts'

/** Bots, and the tokens they sign in with. */
export const botRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/bots',
    summary: 'The bots',
    answers: { 200: v.object({ bots: v.array(bot) }) },
    run: async ({ on }) => ({ status: 200, body: { bots: await showBots(on) } }),
  }),
  route({
    method: 'POST',
    path: '/api/bots',
    summary: 'Make a bot; its token is shown this once',
    body: newBot,
    answers: { 201: botWithToken },
    refuses: [409],
    run: async ({ body, on }) => ({ status: 201, body: await addBot(on, body) }),
  }),
  route({
    method: 'POST',
    path: '/api/bots/{id}/token',
    summary: 'Give a bot a new token; the former one has expired',
    params: v.object({ id: idAsText }),
    answers: { 201: botWithToken },
    refuses: [404],
    async run({ params, on }) {
      const replaced = await renewBotToken(on, params.id)
      if (replaced !== undefined) return { status: 201, body: replaced }
      throw new ConsoleError(
        404,
        'BOT_NOT_FOUND',
        `No bot has the id ${params.id}.`,
        'List the bots: npx cablegram bot (GET /api/bots).',
      )
    },
  }),
]
