/** Stickers, emoji and effects. This server has no files, so all lists are empty. */
import { refusal } from '../rules/index.ts'
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'

const NO_STICKER_SETS = constantAnswer<ResultOf<'messages.getAllStickers'>>({
  _: 'messages.allStickers',
  hash: 0n,
  sets: [],
})
const NO_ARCHIVED_SETS = constantAnswer<ResultOf<'messages.getArchivedStickers'>>({
  _: 'messages.archivedStickers',
  count: 0,
  sets: [],
})
const NO_FEATURED_SETS = constantAnswer<ResultOf<'messages.getFeaturedStickers'>>({
  _: 'messages.featuredStickers',
  hash: 0n,
  count: 0,
  sets: [],
  unread: [],
})
const NO_RECENT_STICKERS = constantAnswer<ResultOf<'messages.getRecentStickers'>>({
  _: 'messages.recentStickers',
  hash: 0n,
  packs: [],
  stickers: [],
  dates: [],
})
const NO_FAVED_STICKERS = constantAnswer<ResultOf<'messages.getFavedStickers'>>({
  _: 'messages.favedStickers',
  hash: 0n,
  packs: [],
  stickers: [],
})
const NO_GIFS = constantAnswer<ResultOf<'messages.getSavedGifs'>>({
  _: 'messages.savedGifs',
  hash: 0n,
  gifs: [],
})
const NO_EMOJI_GROUPS = constantAnswer<ResultOf<'messages.getEmojiGroups'>>({
  _: 'messages.emojiGroups',
  hash: 0,
  groups: [],
})
const NO_DOCUMENTS = constantAnswer<ResultOf<'messages.getCustomEmojiDocuments'>>([])
const NO_LANGUAGES = constantAnswer<ResultOf<'messages.getEmojiKeywordsLanguages'>>([])
const NO_EFFECTS = constantAnswer<ResultOf<'messages.getAvailableEffects'>>({
  _: 'messages.availableEffects',
  hash: 0,
  effects: [],
  documents: [],
})

/** Lists the sticker sets that the user has installed. */
export const getAllStickers: Handler<'messages.getAllStickers'> = () => NO_STICKER_SETS

/** Lists the sets of masks that the user has installed. */
export const getMaskStickers: Handler<'messages.getMaskStickers'> = () => NO_STICKER_SETS

/** Lists the sets of custom emoji that the user has installed. */
export const getEmojiStickers: Handler<'messages.getEmojiStickers'> = () => NO_STICKER_SETS

/** Lists the sticker sets that the user has put away. */
export const getArchivedStickers: Handler<'messages.getArchivedStickers'> = () => NO_ARCHIVED_SETS

/** Lists sticker sets that are new or popular. */
export const getFeaturedStickers: Handler<'messages.getFeaturedStickers'> = () => NO_FEATURED_SETS

/** Lists sets of custom emoji that are new or popular. */
export const getFeaturedEmojiStickers: Handler<'messages.getFeaturedEmojiStickers'> = () => NO_FEATURED_SETS

/** Lists the stickers that the user used last. */
export const getRecentStickers: Handler<'messages.getRecentStickers'> = () => NO_RECENT_STICKERS

/** Lists the user's favourite stickers. */
export const getFavedStickers: Handler<'messages.getFavedStickers'> = () => NO_FAVED_STICKERS

/** Lists the short films that the user has kept. */
export const getSavedGifs: Handler<'messages.getSavedGifs'> = () => NO_GIFS

/** Refuses every sticker set, because there is none. */
export const getStickerSet: Handler<'messages.getStickerSet'> = () => {
  throw refusal('STICKERSET_INVALID')
}

/** Gets the pictures of custom emoji. */
export const getCustomEmojiDocuments: Handler<'messages.getCustomEmojiDocuments'> = () => NO_DOCUMENTS

/** Lists emoji by subject. */
export const getEmojiGroups: Handler<'messages.getEmojiGroups'> = () => NO_EMOJI_GROUPS

/** Lists emoji by subject, to show after a name. */
export const getEmojiStatusGroups: Handler<'messages.getEmojiStatusGroups'> = () => NO_EMOJI_GROUPS

/** Lists emoji by subject, for pictures of profiles. */
export const getEmojiProfilePhotoGroups: Handler<'messages.getEmojiProfilePhotoGroups'> = () =>
  NO_EMOJI_GROUPS

/** Lists emoji by subject, for stickers. */
export const getEmojiStickerGroups: Handler<'messages.getEmojiStickerGroups'> = () => NO_EMOJI_GROUPS

/** Gets words by which emoji are found. */
export const getEmojiKeywords: Handler<'messages.getEmojiKeywords'> = ({ langCode }) => ({
  _: 'emojiKeywordsDifference',
  langCode,
  fromVersion: 0,
  version: 0,
  keywords: [],
})

/** Gets the words that have changed since a version: none. */
export const getEmojiKeywordsDifference: Handler<'messages.getEmojiKeywordsDifference'> = ({
  langCode,
  fromVersion,
}) => ({ _: 'emojiKeywordsDifference', langCode, fromVersion, version: fromVersion, keywords: [] })

/** Lists the languages that have words for emoji. */
export const getEmojiKeywordsLanguages: Handler<'messages.getEmojiKeywordsLanguages'> = () => NO_LANGUAGES

/** Lists the animations that can come with a message. */
export const getAvailableEffects: Handler<'messages.getAvailableEffects'> = () => NO_EFFECTS
