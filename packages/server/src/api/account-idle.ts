/** Questions of idle clients about themes, emoji, files and devices: each has the answer that puts the client at rest. */
import { constantAnswer, type Handler, type ResultOf } from './handler.ts'

const NO_EMOJI_STATUSES = constantAnswer<ResultOf<'account.getDefaultEmojiStatuses'>>({
  _: 'account.emojiStatuses',
  hash: 0n,
  statuses: [],
})
const NO_EMOJI = constantAnswer<ResultOf<'account.getDefaultProfilePhotoEmojis'>>({
  _: 'emojiList',
  hash: 0n,
  documentId: [],
})
const NO_THEMES = constantAnswer<ResultOf<'account.getThemes'>>({
  _: 'account.themes',
  hash: 0n,
  themes: [],
})
const NO_GIFT_THEMES = constantAnswer<ResultOf<'account.getUniqueGiftChatThemes'>>({
  _: 'account.chatThemes',
  hash: 0n,
  themes: [],
  chats: [],
  users: [],
})
const NO_WALL_PAPERS = constantAnswer<ResultOf<'account.getWallPapers'>>({
  _: 'account.wallPapers',
  hash: 0n,
  wallpapers: [],
})
const NO_RINGTONES = constantAnswer<ResultOf<'account.getSavedRingtones'>>({
  _: 'account.savedRingtones',
  hash: 0n,
  ringtones: [],
})
const NO_MUSIC = constantAnswer<ResultOf<'account.getSavedMusicIds'>>({
  _: 'account.savedMusicIds',
  ids: [],
})
const NO_CHAT_LINKS = constantAnswer<ResultOf<'account.getBusinessChatLinks'>>({
  _: 'account.businessChatLinks',
  links: [],
  chats: [],
  users: [],
})
const NO_CONNECTED_BOTS = constantAnswer<ResultOf<'account.getConnectedBots'>>({
  _: 'account.connectedBots',
  connectedBots: [],
  users: [],
})
const LINKS_IN_APP = constantAnswer<ResultOf<'account.getWebBrowserSettings'>>({
  _: 'account.webBrowserSettings',
  externalExceptions: [],
  inappExceptions: [],
  hash: 0n,
})
const NOTHING_BY_ITSELF = {
  _: 'autoDownloadSettings',
  disabled: true,
  photoSizeMax: 0,
  videoSizeMax: 0n,
  fileSizeMax: 0n,
  videoUploadMaxbitrate: 0,
  smallQueueActiveOperationsMax: 0,
  largeQueueActiveOperationsMax: 0,
} as const
const NO_DOWNLOADS = constantAnswer<ResultOf<'account.getAutoDownloadSettings'>>({
  _: 'account.autoDownloadSettings',
  low: NOTHING_BY_ITSELF,
  medium: NOTHING_BY_ITSELF,
  high: NOTHING_BY_ITSELF,
})
const NOTHING_KEPT = { _: 'autoSaveSettings' } as const
const NO_SAVING = constantAnswer<ResultOf<'account.getAutoSaveSettings'>>({
  _: 'account.autoSaveSettings',
  usersSettings: NOTHING_KEPT,
  chatsSettings: NOTHING_KEPT,
  broadcastsSettings: NOTHING_KEPT,
  exceptions: [],
  chats: [],
  users: [],
})

/** Lists the emoji that a user can show after the name. */
export const getDefaultEmojiStatuses: Handler<'account.getDefaultEmojiStatuses'> = () => NO_EMOJI_STATUSES

/** Lists the emoji that the user last showed after the name. */
export const getRecentEmojiStatuses: Handler<'account.getRecentEmojiStatuses'> = () => NO_EMOJI_STATUSES

/** Lists the emoji that a channel can show after its name. */
export const getChannelDefaultEmojiStatuses: Handler<'account.getChannelDefaultEmojiStatuses'> = () =>
  NO_EMOJI_STATUSES

/** Lists the gifts that the user can show after the name. */
export const getCollectibleEmojiStatuses: Handler<'account.getCollectibleEmojiStatuses'> = () =>
  NO_EMOJI_STATUSES

/** Lists the emoji that a channel must not show after its name. */
export const getChannelRestrictedStatusEmojis: Handler<'account.getChannelRestrictedStatusEmojis'> = () =>
  NO_EMOJI

/** Lists the emoji for the background of a profile. */
export const getDefaultBackgroundEmojis: Handler<'account.getDefaultBackgroundEmojis'> = () => NO_EMOJI

/** Lists the emoji that can stand in for the picture of a group. */
export const getDefaultGroupPhotoEmojis: Handler<'account.getDefaultGroupPhotoEmojis'> = () => NO_EMOJI

/** Lists the emoji that can stand in for the picture of a user. */
export const getDefaultProfilePhotoEmojis: Handler<'account.getDefaultProfilePhotoEmojis'> = () => NO_EMOJI

/** Lists the themes that the user has installed. */
export const getThemes: Handler<'account.getThemes'> = () => NO_THEMES

/** Lists the colour themes for single chats. */
export const getChatThemes: Handler<'account.getChatThemes'> = () => NO_THEMES

/** Lists the colour themes that come with gifts. */
export const getUniqueGiftChatThemes: Handler<'account.getUniqueGiftChatThemes'> = () => NO_GIFT_THEMES

/** Lists the backgrounds for chats. */
export const getWallPapers: Handler<'account.getWallPapers'> = () => NO_WALL_PAPERS

/** Lists the user's own sounds for notifications. */
export const getSavedRingtones: Handler<'account.getSavedRingtones'> = () => NO_RINGTONES

/** Lists the songs that the user shows in the profile. */
export const getSavedMusicIds: Handler<'account.getSavedMusicIds'> = () => NO_MUSIC

/** Lists the links that open a chat with a text already written. */
export const getBusinessChatLinks: Handler<'account.getBusinessChatLinks'> = () => NO_CHAT_LINKS

/** Lists the bots that answer for a business. */
export const getConnectedBots: Handler<'account.getConnectedBots'> = () => NO_CONNECTED_BOTS

/** Gets how links open: in the app. */
export const getWebBrowserSettings: Handler<'account.getWebBrowserSettings'> = () => LINKS_IN_APP

/** Gets what a client should load by itself: nothing, as there are no files. */
export const getAutoDownloadSettings: Handler<'account.getAutoDownloadSettings'> = () => NO_DOWNLOADS

/** Gets which pictures and videos a client should keep in the gallery: none. */
export const getAutoSaveSettings: Handler<'account.getAutoSaveSettings'> = () => NO_SAVING

/** Takes note of where push notifications can reach a device; the server sends none. */
export const registerDevice: Handler<'account.registerDevice'> = () => true

/** Forgets where push notifications can reach a device. */
export const unregisterDevice: Handler<'account.unregisterDevice'> = () => true

/** Takes note of how long the app has been locked. */
export const updateDeviceLocked: Handler<'account.updateDeviceLocked'> = () => true
