import * as v from 'valibot'
import { VISIBLE } from '../../typed-text.ts'
import { whole } from '../fields.ts'
import type { SchemaOf } from '../schema.ts'
import type {
  AdminChange,
  BlockChange,
  BotStarting,
  ButtonPress,
  ButtonPressed,
  CallsQuery,
  ChatReading,
  EventKind,
  EventWait,
  FileKind,
  FileQuery,
  GroupJoin,
  GroupLeaving,
  GroupLink,
  Idleness,
  IdleWait,
  MediaKind,
  MemberChange,
  MessageDeletion,
  MessageEdit,
  MessageName,
  MessagePin,
  MessageReaction,
  MessagesForward,
  MessagesQuery,
  MessageWait,
  NewButton,
  NewEntity,
  NewGroupInfo,
  NewLink,
  NewPeerKey,
  NewPerson,
  NewPersonAlbum,
  NewPersonFile,
  NewPersonGroup,
  NewPersonInfo,
  NewPersonMedia,
  NewPersonMessage,
  PeerCard,
  PeerName,
  PersonCall,
  PersonChat,
  PersonEvent,
  PersonInfo,
  PersonMessage,
  PollVote,
  PressOutcome,
  PressReply,
  PressWaiting,
  SeenAnswer,
  SeenButton,
  SeenEntity,
  SeenMedia,
  SeenReaction,
  SeenService,
  SeenSize,
  Typing,
  TypingAction,
  WaitedMedia,
} from './words.ts'

const MAX_NAME = 64
const MAX_WAIT_MS = 120_000
/** Longest time of quiet to wait for. */
export const MAX_QUIET_MS: number = 10_000
const MAX_LISTED = 100
const MAX_ID = Number.MAX_SAFE_INTEGER
const MAX_MESSAGE_ID = 2 ** 31 - 1
/** A message has fewer characters; the rules say how many. */
const MAX_TEXT = 16_384
const MAX_ENTITIES = 100
/** 16 MiB of bytes in base64. */
const MAX_BASE64 = 22_369_624

const PERSON_NAME = 'a @username, a +phone or an id'
const PEER_NAME = 'a @username, a +phone, an id or me'

/** A name of somebody or of a group. */
export const peerName: SchemaOf<PeerName> = v.pipe(
  v.union([v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME)), whole(-MAX_ID, MAX_ID)]),
  v.description(PEER_NAME),
)

const nameAsText = v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_NAME))

/** The same in a query, where it is text. */
export const peerNameAsText: SchemaOf<string> = v.pipe(nameAsText, v.description(PEER_NAME))

/** A name of somebody in a path. */
export const personNameAsText: SchemaOf<string> = v.pipe(nameAsText, v.description(PERSON_NAME))

const messageId = whole(1, MAX_MESSAGE_ID)

/** A message: its id, or a message as anybody has it. */
const messageName: SchemaOf<MessageName> = v.pipe(
  v.union([messageId, v.strictObject({ id: messageId, boxId: whole(1, MAX_ID) })]),
  v.description('the id of a message, or an object with the id and boxId of a message'),
)

const isVisible = (text: string) => VISIBLE.test(text)

/** Somebody to act as. */
export const newPerson: SchemaOf<NewPerson> = v.strictObject({
  phone: v.optional(v.pipe(v.string(), v.maxLength(MAX_NAME))),
  firstName: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(MAX_NAME),
    v.check(isVisible),
    v.description('text of 1 to 64 characters, not all invisible'),
  ),
  lastName: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(MAX_NAME))),
  username: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.regex(/^@?[A-Za-z][A-Za-z0-9_]{4,31}$/),
      v.description(
        '5 to 32 letters, digits and underscores, a letter first; the name of a bot ends in bot, and no other does',
      ),
      v.transform((text) => text.replace(/^@/, '')),
    ),
  ),
  bot: v.optional(v.boolean()),
})

const personFields = {
  id: v.number(),
  phone: v.optional(v.string()),
  username: v.optional(v.string()),
  firstName: v.string(),
  lastName: v.string(),
  isBot: v.boolean(),
}

/** An account. */
export const personInfo: SchemaOf<PersonInfo> = v.object(personFields)

/** An account that was made; of a bot, with its token. */
export const newPersonInfo: SchemaOf<NewPersonInfo> = v.object({
  ...personFields,
  token: v.optional(v.string()),
})

const ENTITY_KINDS = [
  'bold',
  'italic',
  'underline',
  'strike',
  'spoiler',
  'code',
  'pre',
  'textUrl',
  'mentionName',
  'customEmoji',
  'blockquote',
] as const

const entity: SchemaOf<NewEntity> = v.strictObject({
  kind: v.picklist(ENTITY_KINDS),
  offset: whole(0, MAX_TEXT),
  length: whole(0, MAX_TEXT),
  url: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  language: v.optional(v.pipe(v.string(), v.maxLength(64))),
  user: v.optional(peerName),
  documentId: v.optional(v.pipe(v.string(), v.regex(/^\d{1,18}$/), v.description('the digits of an id'))),
  isCollapsed: v.optional(v.boolean()),
})

/** Formatting to write a text with. */
export const entities: SchemaOf<NewEntity[]> = v.pipe(v.array(entity), v.maxLength(MAX_ENTITIES))

/** A text; the rules say how long it may be. */
export const text: SchemaOf<string> = v.pipe(v.string(), v.maxLength(MAX_TEXT))

const shortText = v.pipe(v.string(), v.maxLength(1024))

const FILE_KINDS = [
  'photo',
  'document',
  'voice',
  'audio',
  'video',
  'animation',
  'round',
] as const satisfies readonly FileKind[]
const MEDIA_KINDS = ['poll', 'dice', 'contact', 'geo', ...FILE_KINDS] as const satisfies readonly MediaKind[]

/** Media to wait for. */
export const waitedMedia: SchemaOf<WaitedMedia> = v.picklist([
  ...MEDIA_KINDS,
  'venue',
  'sticker',
  'customEmoji',
  'file',
])

const MAX_ALBUM = 100
const MAX_PIXELS = 100_000
const MAX_DURATION_S = 1_000_000

const mediaFields = {
  question: v.optional(shortText),
  answers: v.optional(v.pipe(v.array(shortText), v.maxLength(100))),
  correct: v.optional(whole(0, 100)),
  isMultiple: v.optional(v.boolean()),
  isPublic: v.optional(v.boolean()),
  emoji: v.optional(v.pipe(v.string(), v.maxLength(64))),
  phone: v.optional(v.pipe(v.string(), v.maxLength(64))),
  firstName: v.optional(v.pipe(v.string(), v.maxLength(64))),
  lastName: v.optional(v.pipe(v.string(), v.maxLength(64))),
  lat: v.optional(v.number()),
  long: v.optional(v.number()),
  base64: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(MAX_BASE64),
      v.regex(/^[A-Za-z0-9+/]*={0,2}$/),
      v.description('bytes in base64, at most 16 MiB of them'),
    ),
  ),
  fileName: v.optional(v.pipe(v.string(), v.maxLength(255))),
  mime: v.optional(v.pipe(v.string(), v.maxLength(255))),
  durationS: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_DURATION_S))),
  width: v.optional(whole(0, MAX_PIXELS)),
  height: v.optional(whole(0, MAX_PIXELS)),
  title: v.optional(shortText),
  isSpoiler: v.optional(v.boolean()),
}

const media: SchemaOf<NewPersonMedia> = v.strictObject({ kind: v.picklist(MEDIA_KINDS), ...mediaFields })

const file: SchemaOf<NewPersonFile> = v.strictObject({ kind: v.picklist(FILE_KINDS), ...mediaFields })

const button: SchemaOf<NewButton> = v.strictObject({
  text: shortText,
  data: v.optional(v.pipe(v.string(), v.maxLength(64))),
  url: v.optional(v.pipe(v.string(), v.maxLength(2048))),
})

const peerKey: SchemaOf<NewPeerKey> = v.strictObject({
  text: shortText,
  asksFor: v.picklist(['person', 'bot', 'group']),
  most: v.optional(whole(1, 10)),
})

const key: SchemaOf<string | NewPeerKey> = v.pipe(
  v.union([shortText, peerKey]),
  v.description('a text, or an object with text and asksFor'),
)

const MAX_ROWS = 100
const rows = <T>(cell: SchemaOf<T>): SchemaOf<T[][]> =>
  v.pipe(v.array(v.pipe(v.array(cell), v.maxLength(MAX_ROWS))), v.maxLength(MAX_ROWS))

/** A message to send. */
export const newMessage: SchemaOf<NewPersonMessage> = v.strictObject({
  to: peerName,
  text: v.optional(text),
  entities: v.optional(entities),
  media: v.optional(media),
  replyTo: v.optional(messageName),
  isSilent: v.optional(v.boolean()),
  buttons: v.optional(rows(button)),
  keyboard: v.optional(rows(key)),
})

/** Files to send together; the rules say how many. */
export const newAlbum: SchemaOf<NewPersonAlbum> = v.strictObject({
  to: peerName,
  media: v.pipe(v.array(file), v.minLength(1), v.maxLength(MAX_ALBUM)),
  text: v.optional(text),
  replyTo: v.optional(messageName),
  isSilent: v.optional(v.boolean()),
})

const peerFields = {
  id: v.number(),
  kind: v.picklist(['person', 'bot', 'group', 'service', 'deleted']),
  name: v.string(),
  username: v.optional(v.string()),
}

/** A person, a bot or a group. */
export const peerCard: SchemaOf<PeerCard> = v.object(peerFields)

const seenEntity: SchemaOf<SeenEntity> = v.object({
  kind: v.string(),
  offset: v.number(),
  length: v.number(),
  url: v.optional(v.string()),
  language: v.optional(v.string()),
  userId: v.optional(v.number()),
  documentId: v.optional(v.string()),
  isCollapsed: v.optional(v.boolean()),
})

const seenAnswer: SchemaOf<SeenAnswer> = v.object({
  text: v.string(),
  votes: v.optional(v.number()),
  isChosen: v.boolean(),
})

const seenSize: SchemaOf<SeenSize> = v.object({
  letter: v.string(),
  width: v.number(),
  height: v.number(),
  bytes: v.number(),
})

const seenMedia: SchemaOf<SeenMedia> = v.object({
  kind: v.string(),
  question: v.optional(v.string()),
  answers: v.optional(v.array(seenAnswer)),
  totalVoters: v.optional(v.number()),
  isClosed: v.optional(v.boolean()),
  isQuiz: v.optional(v.boolean()),
  emoji: v.optional(v.string()),
  value: v.optional(v.number()),
  phone: v.optional(v.string()),
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  lat: v.optional(v.number()),
  long: v.optional(v.number()),
  title: v.optional(v.string()),
  address: v.optional(v.string()),
  bytes: v.optional(v.number()),
  fileName: v.optional(v.string()),
  mime: v.optional(v.string()),
  durationS: v.optional(v.number()),
  width: v.optional(v.number()),
  height: v.optional(v.number()),
  sizes: v.optional(v.array(seenSize)),
  isSpoiler: v.optional(v.boolean()),
})

const seenButton: SchemaOf<SeenButton> = v.object({
  kind: v.string(),
  text: v.string(),
  data: v.optional(v.string()),
  url: v.optional(v.string()),
})

const seenReaction: SchemaOf<SeenReaction> = v.object({
  emoji: v.string(),
  count: v.number(),
  isOwn: v.boolean(),
})

const seenService: SchemaOf<SeenService> = v.object({
  kind: v.string(),
  title: v.optional(v.string()),
  userIds: v.optional(v.array(v.number())),
})

/** A message in somebody's box. */
export const message: SchemaOf<PersonMessage> = v.object({
  id: v.number(),
  boxId: v.number(),
  chat: peerCard,
  from: peerCard,
  text: v.string(),
  dateS: v.number(),
  isOut: v.boolean(),
  entities: v.optional(v.array(seenEntity)),
  editedAtS: v.optional(v.number()),
  replyTo: v.optional(v.number()),
  forwardedFrom: v.optional(peerCard),
  isSilent: v.optional(v.boolean()),
  isPinned: v.optional(v.boolean()),
  isMentioned: v.optional(v.boolean()),
  media: v.optional(seenMedia),
  albumId: v.optional(v.string()),
  markup: v.optional(v.picklist(['inline', 'keyboard', 'hide', 'forceReply'])),
  buttons: v.optional(v.array(v.array(seenButton))),
  reactions: v.optional(v.array(seenReaction)),
  service: v.optional(seenService),
})

const waitMs = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_WAIT_MS)))

/** The messages of a chat to list. */
export const messagesQuery: SchemaOf<MessagesQuery> = v.strictObject({
  with: peerName,
  afterId: v.optional(whole(0, MAX_MESSAGE_ID)),
  limit: v.optional(whole(1, MAX_LISTED)),
})

/** The message to wait for. */
export const messageWait: SchemaOf<MessageWait> = v.strictObject({
  with: v.optional(peerName),
  from: v.optional(peerName),
  media: v.optional(waitedMedia),
  afterId: v.optional(whole(0, MAX_MESSAGE_ID)),
  timeoutMs: waitMs,
})

/** The letter of a size of a picture. */
export const sizeLetter: SchemaOf<string> = v.pipe(
  v.string(),
  v.regex(/^[a-z]$/),
  v.description('the letter of a size'),
)

/** The file of a message to read. */
export const fileQuery: SchemaOf<FileQuery> = v.strictObject({
  messageId: messageName,
  size: v.optional(sizeLetter),
})

const MAX_IDS = 200
const messageNames = v.pipe(v.array(messageName), v.minLength(1), v.maxLength(MAX_IDS))

/** A new text for a message. */
export const edit: SchemaOf<MessageEdit> = v.strictObject({
  messageId: messageName,
  text,
  entities: v.optional(entities),
})

/** Messages to take away. */
export const deletion: SchemaOf<MessageDeletion> = v.strictObject({
  messageIds: messageNames,
  forAll: v.optional(v.boolean()),
})

/** A reaction; null takes it back. */
export const reaction: SchemaOf<MessageReaction> = v.strictObject({
  messageId: messageName,
  emoji: v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
})

/** A vote in a poll. */
export const vote: SchemaOf<PollVote> = v.strictObject({
  messageId: messageName,
  options: v.pipe(
    v.array(
      v.pipe(
        v.union([shortText, whole(0, 100)]),
        v.description('the text of an answer, or its place from 0'),
      ),
    ),
    v.maxLength(100),
  ),
})

/** Messages to forward. */
export const forward: SchemaOf<MessagesForward> = v.strictObject({ messageIds: messageNames, to: peerName })

const isOn = v.optional(v.boolean())

/** A message to pin, or to unpin. */
export const pin: SchemaOf<MessagePin> = v.strictObject({ messageId: messageName, on: isOn })

/** A chat to read. */
export const reading: SchemaOf<ChatReading> = v.strictObject({
  with: peerName,
  maxId: v.optional(messageName),
})

const TYPING_ACTIONS = [
  'typing',
  'cancel',
  'recordVideo',
  'recordAudio',
  'recordRound',
  'geoLocation',
  'chooseContact',
  'chooseSticker',
  'gamePlay',
  'uploadVideo',
  'uploadAudio',
  'uploadPhoto',
  'uploadDocument',
  'uploadRound',
] as const satisfies readonly TypingAction[]

/** Something that somebody does before a message comes. */
export const typing: SchemaOf<Typing> = v.strictObject({
  to: peerName,
  action: v.optional(v.picklist(TYPING_ACTIONS)),
})

/** A group to make. */
export const newGroup: SchemaOf<NewPersonGroup> = v.strictObject({
  title: shortText,
  with: v.pipe(v.array(peerName), v.minLength(1), v.maxLength(MAX_IDS)),
})

/** A group that was made. */
export const newGroupInfo: SchemaOf<NewGroupInfo> = v.object({ ...peerFields, missing: v.array(v.number()) })

/** Somebody to bring into a group, or to take out. */
export const memberChange: SchemaOf<MemberChange> = v.strictObject({ chat: peerName, user: peerName })

/** A member to make an admin. */
export const adminChange: SchemaOf<AdminChange> = v.strictObject({ chat: peerName, user: peerName, on: isOn })

/** A group to leave. */
export const leaving: SchemaOf<GroupLeaving> = v.strictObject({ chat: peerName })

/** A group to make a link to. */
export const newLink: SchemaOf<NewLink> = v.strictObject({
  chat: peerName,
  needsRequest: v.optional(v.boolean()),
})

/** A link to a group. */
export const groupLink: SchemaOf<GroupLink> = v.object({ link: v.string() })

/** A group to join. */
export const join: SchemaOf<GroupJoin> = v.strictObject({ link: v.pipe(v.string(), v.maxLength(256)) })

/** Somebody to block. */
export const blockChange: SchemaOf<BlockChange> = v.strictObject({ user: peerName, on: isOn })

/** A chat of somebody's. */
export const chat: SchemaOf<PersonChat> = v.object({
  chat: peerCard,
  unreadCount: v.number(),
  lastMessage: v.optional(message),
})

/** A bot to start. */
export const starting: SchemaOf<BotStarting> = v.strictObject({
  bot: peerName,
  payload: v.optional(v.pipe(v.string(), v.maxLength(256))),
  chat: v.optional(peerName),
})

/** A button to press. */
export const press: SchemaOf<ButtonPress> = v.strictObject({
  messageId: messageName,
  button: v.optional(shortText),
  data: v.optional(v.pipe(v.string(), v.maxLength(64))),
  peers: v.optional(v.pipe(v.array(peerName), v.minLength(1), v.maxLength(10))),
})

/** The outcome of a press. */
export const pressOutcome: SchemaOf<PressOutcome> = v.object({
  kind: v.picklist(['answer', 'page', 'copy', 'message']),
  text: v.optional(v.string()),
  isAlert: v.optional(v.boolean()),
  url: v.optional(v.string()),
  message: v.optional(message),
})

/** A press that waits for the bot's answer. */
export const pressed: SchemaOf<ButtonPressed> = v.object({
  id: v.string(),
  from: peerCard,
  chat: peerCard,
  message: v.optional(message),
  data: v.string(),
})

/** The answer of a bot to a press. */
export const pressReply: SchemaOf<PressReply> = v.strictObject({
  pressId: v.pipe(v.string(), v.regex(/^\d{1,19}$/), v.description('the digits of the id of a press')),
  text: v.optional(shortText),
  isAlert: v.optional(v.boolean()),
  url: v.optional(v.pipe(v.string(), v.maxLength(2048))),
})

/** The longest wait for a press. */
export const pressWait: SchemaOf<PressWaiting> = v.strictObject({ timeoutMs: waitMs })

/** A TL value in JSON. */
const tlValue = v.pipe(v.unknown(), v.metadata({ input: {} }), v.description('a TL value'))

/** A call of somebody's client. */
export const personCall: SchemaOf<PersonCall> = v.object({
  id: v.number(),
  method: v.string(),
  state: v.picklist(['underWay', 'answered', 'refused', 'withheld']),
  request: v.optional(tlValue),
  answer: v.optional(tlValue),
  error: v.optional(v.object({ code: v.number(), type: v.string() })),
})

/** The calls to list. */
export const callsQuery: SchemaOf<CallsQuery> = v.strictObject({ afterId: v.optional(whole(0, MAX_ID)) })

/** The longest wait for quiet, and how long it must last. */
export const idleWait: SchemaOf<IdleWait> = v.strictObject({
  quietMs: v.optional(whole(0, MAX_QUIET_MS)),
  timeoutMs: waitMs,
})

/** The outcome of a wait for quiet. */
export const idleness: SchemaOf<Idleness> = v.object({
  isIdle: v.boolean(),
  reason: v.optional(v.string()),
})

const EVENT_KINDS = [
  'message',
  'edit',
  'delete',
  'read',
  'pin',
  'reaction',
  'poll',
  'typing',
] as const satisfies readonly EventKind[]

/** A kind of news. */
export const eventKind: SchemaOf<EventKind> = v.picklist(EVENT_KINDS)

/** The cursor of an event. */
export const cursor: SchemaOf<string> = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}\.\d{1,15}$/),
  v.description('the cursor of an event'),
)

/** The event to wait for. */
export const eventWait: SchemaOf<EventWait> = v.strictObject({
  kind: v.optional(eventKind),
  with: v.optional(peerName),
  from: v.optional(peerName),
  messageId: v.optional(messageName),
  after: v.optional(cursor),
  timeoutMs: waitMs,
})

/** News of somebody's. */
export const event: SchemaOf<PersonEvent> = v.object({
  kind: eventKind,
  cursor: v.string(),
  chat: v.optional(peerCard),
  from: v.optional(peerCard),
  message: v.optional(message),
  messageIds: v.optional(v.array(v.number())),
  isPinned: v.optional(v.boolean()),
  maxId: v.optional(v.number()),
  action: v.optional(v.string()),
})
