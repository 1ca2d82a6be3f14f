/** Gifts, stars and subscriptions, which this server does not sell. */
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { peerOf } from './peers.ts'

const NO_GIFT_CODES = constantAnswer<ResultOf<'payments.getPremiumGiftCodeOptions'>>([])
const NO_STAR_GIFT_PRICES = constantAnswer<ResultOf<'payments.getStarsGiftOptions'>>([])
const NO_STAR_PRICES = constantAnswer<ResultOf<'payments.getStarsTopupOptions'>>([])
const NO_GIFTS = constantAnswer<ResultOf<'payments.getStarGifts'>>({
  _: 'payments.starGifts',
  hash: 0,
  gifts: [],
  chats: [],
  users: [],
})
const NO_SAVED_GIFTS = constantAnswer<ResultOf<'payments.getSavedStarGifts'>>({
  _: 'payments.savedStarGifts',
  count: 0,
  gifts: [],
  chats: [],
  users: [],
})
const NO_AUCTIONS = constantAnswer<ResultOf<'payments.getStarGiftActiveAuctions'>>({
  _: 'payments.starGiftActiveAuctions',
  auctions: [],
  users: [],
  chats: [],
})
const NO_STARS = constantAnswer<ResultOf<'payments.getStarsStatus'>>({
  _: 'payments.starsStatus',
  balance: { _: 'starsAmount', amount: 0n, nanos: 0 },
  chats: [],
  users: [],
})
const NO_TONS = constantAnswer<ResultOf<'payments.getStarsStatus'>>({
  _: 'payments.starsStatus',
  balance: { _: 'starsTonAmount', amount: 0n },
  chats: [],
  users: [],
})

/** Lists what a gift of the paid subscription costs. */
export const getPremiumGiftCodeOptions: Handler<'payments.getPremiumGiftCodeOptions'> = () => NO_GIFT_CODES

/** Lists what stars for somebody else cost. */
export const getStarsGiftOptions: Handler<'payments.getStarsGiftOptions'> = () => NO_STAR_GIFT_PRICES

/** Lists what stars cost. */
export const getStarsTopupOptions: Handler<'payments.getStarsTopupOptions'> = () => NO_STAR_PRICES

/** Lists the gifts that can be bought. */
export const getStarGifts: Handler<'payments.getStarGifts'> = () => NO_GIFTS

/** Lists the gifts in somebody's profile. @throws {RpcError} PEER_ID_INVALID */
export const getSavedStarGifts: Handler<'payments.getSavedStarGifts'> = async ({ peer }, context) => {
  await peerOf(peer, context)
  return NO_SAVED_GIFTS
}

/** Lists the auctions of gifts in which the user bids. */
export const getStarGiftActiveAuctions: Handler<'payments.getStarGiftActiveAuctions'> = () => NO_AUCTIONS

/** Tells how many stars somebody has. @throws {RpcError} PEER_ID_INVALID */
export const getStarsStatus: Handler<'payments.getStarsStatus'> = async ({ peer, ton }, context) => {
  await peerOf(peer, context)
  return ton === true ? NO_TONS : NO_STARS
}
