import { constantAnswer, type Handler, type ResultOf } from './handler.ts'

const NO_APP_BOTS = constantAnswer<ResultOf<'bots.getPopularAppBots'>>({
  _: 'bots.popularAppBots',
  users: [],
})

/** Lists bots that many people use. */
export const getPopularAppBots: Handler<'bots.getPopularAppBots'> = () => NO_APP_BOTS
