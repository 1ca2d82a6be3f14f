/** Questions of idle clients about news of the service, colours and time zones. */
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'
import { serviceUser } from './tl-people.ts'

/** Time after which a client asks again. */
const ASK_AGAIN_AFTER_S = 60 * 60

const NO_UPDATE = constantAnswer<ResultOf<'help.getAppUpdate'>>({ _: 'help.noAppUpdate' })
const NO_LINK = constantAnswer<ResultOf<'help.getDeepLinkInfo'>>({ _: 'help.deepLinkInfoEmpty' })
const INVITATION = constantAnswer<ResultOf<'help.getInviteText'>>({
  _: 'help.inviteText',
  message: 'Let us talk on Cablegram.',
})
/** Every account has one of these colours, by its id modulo their number. */
const BUILT_IN_COLORS = 7
const COLORS_HASH = 1
const OWN_COLORS = constantAnswer<ResultOf<'help.getPeerColors'>>({
  _: 'help.peerColors',
  hash: COLORS_HASH,
  colors: Array.from({ length: BUILT_IN_COLORS }, (_, colorId) => ({ _: 'help.peerColorOption', colorId })),
})
const SAME_COLORS = constantAnswer<ResultOf<'help.getPeerColors'>>({ _: 'help.peerColorsNotModified' })
const NOTHING_SOLD = constantAnswer<ResultOf<'help.getPremiumPromo'>>({
  _: 'help.premiumPromo',
  statusText: '',
  statusEntities: [],
  videoSections: [],
  videos: [],
  periodOptions: [],
  users: [],
})
const NO_URLS = constantAnswer<ResultOf<'help.getRecentMeUrls'>>({
  _: 'help.recentMeUrls',
  urls: [],
  chats: [],
  users: [],
})

/** Asks for a newer version of the app. */
export const getAppUpdate: Handler<'help.getAppUpdate'> = () => NO_UPDATE

/** Asks what a link means that the app does not know. */
export const getDeepLinkInfo: Handler<'help.getDeepLinkInfo'> = () => NO_LINK

/** Gets a text for people who have no account. */
export const getInviteText: Handler<'help.getInviteText'> = () => INVITATION

/** Lists the colours of names by their ids alone: every client has these built in, and Telegram Web A looks each up here. */
export const getPeerColors: Handler<'help.getPeerColors'> = ({ hash }) =>
  hash === COLORS_HASH ? SAME_COLORS : OWN_COLORS

/** Gets what a client shows about the paid subscription. */
export const getPremiumPromo: Handler<'help.getPremiumPromo'> = () => NOTHING_SOLD

/** Asks for a chat or a hint that the service wants to show. */
export const getPromoData: Handler<'help.getPromoData'> = (_request, { nowS }) => ({
  _: 'help.promoDataEmpty',
  expires: nowS + ASK_AGAIN_AFTER_S,
})

/** Hides the chat that the service showed. */
export const hidePromoData: Handler<'help.hidePromoData'> = () => true

/** Hides a hint of the server. */
export const dismissSuggestion: Handler<'help.dismissSuggestion'> = () => true

/** Lists chats behind links that the user opened before signing in. */
export const getRecentMeUrls: Handler<'help.getRecentMeUrls'> = () => NO_URLS

/** Names the user who answers questions about the service. */
export const getSupport: Handler<'help.getSupport'> = () => {
  const user = serviceUser()
  return { _: 'help.support', phoneNumber: user._ === 'user' ? (user.phone ?? '') : '', user }
}

/** Throws a client's statistics away. */
export const saveAppLog: Handler<'help.saveAppLog'> = () => true

/** Lists the time zones, unless the client has the list already. */
export const getTimezonesList: Handler<'help.getTimezonesList'> = async ({ hash }, { nowS }) => {
  // Hundreds of zones load slowly, and most clients never ask for them.
  const { timeZones } = await import('./time-zones.ts')
  const list = timeZones(nowS)
  return list.hash === hash ? { _: 'help.timezonesListNotModified' } : list
}
