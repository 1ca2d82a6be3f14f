import type { TelegramClient } from '@cablegram/client'
import type {
  InputMedia,
  KeyboardButton,
  Params,
  Poll,
  PollAnswer,
  Reaction,
  ReplyMarkup,
} from '@cablegram/tl/api'
import { after, GROUP, groupWith, SELF, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const STRANGER = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const DICE: InputMedia = { _: 'inputMediaDice', emoticon: '🎲' }
const MISSING = 999

type SendMedia = Params<'messages.sendMedia'>

const media =
  (change: Partial<SendMedia>) =>
  (client: TelegramClient): Promise<unknown> =>
    client.messages.sendMedia({ peer: SELF, media: DICE, message: 'a', randomId: 2n, ...change })
const sent = (error: string, change: Partial<SendMedia>): Cause =>
  saved('messages.sendMedia', error, media(change))

const answer = (text: string, ...bytes: readonly number[]): PollAnswer => ({
  _: 'pollAnswer',
  text: { _: 'textWithEntities', text, entities: [] },
  option: Uint8Array.from(bytes),
})
const QUIZ = { quiz: true } as const
const poll = (change: Partial<Poll> = {}, more: object = {}): InputMedia => ({
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: { _: 'textWithEntities', text: '?', entities: [] },
    answers: [answer('a', 0), answer('b', 1)],
    ...change,
  },
  ...more,
})
const asked = (error: string, change: Partial<Poll>, more: object = {}): Cause =>
  sent(`400 ${error}`, { media: poll(change, more) })

const vote = (client: TelegramClient, ...options: readonly (readonly number[])[]) =>
  client.messages.sendVote({ peer: SELF, msgId: 2, options: options.map((bytes) => Uint8Array.from(bytes)) })
const voted = (error: string, options: readonly (readonly number[])[], media_ = poll()): Cause =>
  saved('messages.sendVote', error, async (client) => {
    await media({ media: media_ })(client)
    await vote(client, ...options)
  })

const react =
  (peer: SendMedia['peer'], msgId: number, ...reaction: readonly Reaction[]) =>
  (client: TelegramClient) =>
    client.messages.sendReaction({ peer, msgId, reaction: [...reaction] })
const reacted = (error: string, ...reaction: readonly Reaction[]): Cause =>
  saved('messages.sendReaction', error, react(SELF, 1, ...reaction))
const GOOD = { _: 'reactionEmoji', emoticon: '👍' } as const
const BAD = { _: 'reactionEmoji', emoticon: '👎' } as const

/** A part of the picture of a reaction. */
const part =
  ({ id = 1n, offset = 0n, limit = 4096 }) =>
  (client: TelegramClient) =>
    client.upload.getFile({
      location: {
        _: 'inputDocumentFileLocation',
        id,
        accessHash: 1n,
        fileReference: Uint8Array.of(1),
        thumbSize: '',
      },
      offset,
      limit,
    })

/** Messages of a bot to itself. */
export async function bot(world: World): Promise<TelegramClient> {
  const server = await world.server()
  const { token } = await server.bots.create({ username: `help${world.phone().slice(-5)}bot` })
  const client = world.connect(server)
  await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
  return client
}

/** Both ways of sending a button are refused for the same reasons. */
const pressed = (error: string, ...buttons: readonly KeyboardButton[]): readonly Cause[] => {
  const replyMarkup: ReplyMarkup = {
    _: 'replyInlineMarkup',
    rows: [{ _: 'keyboardButtonRow', buttons: [...buttons] }],
  }
  return [
    cause('messages.sendMessage', error, async (world) => {
      const client = await bot(world)
      return client.messages.sendMessage({ peer: SELF, message: 'a', randomId: 2n, replyMarkup })
    }),
    cause('messages.sendMedia', error, async (world) => media({ replyMarkup })(await bot(world))),
  ]
}

const KEY: KeyboardButton = { _: 'keyboardButton', text: 'a' }
const CALL: KeyboardButton = { _: 'keyboardButtonCallback', text: 'a', data: Uint8Array.of(1) }
const FORBIDS_POLLS = groupWith('member', 'default_rights = 256')
/** Ada’s first message is one of the group, which she has left. */
const LEFT = `${groupWith('left')} UPDATE messages SET peer_id = -1;`
const ADA = '(SELECT min(id) FROM users)'
const BOB = '(SELECT max(id) FROM users)'

const LETTER = { _: 'reactionEmoji', emoticon: 'a' } as const
const allow =
  (change: Partial<Params<'messages.setChatAvailableReactions'>>) =>
  (client: TelegramClient): Promise<unknown> => {
    const none = { peer: GROUP, availableReactions: { _: 'chatReactionsNone' } } as const
    return client.messages.setChatAvailableReactions({ ...none, ...change })
  }
const ALLOW = 'messages.setChatAvailableReactions'
/** Causes of errors of choosing the reactions of a group. */
const allowed: readonly Cause[] = [
  after(
    ALLOW,
    '400 REACTION_INVALID',
    groupWith('admin'),
    allow({ availableReactions: { _: 'chatReactionsSome', reactions: [LETTER] } }),
  ),
  after(ALLOW, '400 LIMIT_PER_POST_INVALID', groupWith('admin'), allow({ reactionsLimit: 12 })),
  after(
    ALLOW,
    '400 CHAT_NOT_MODIFIED',
    groupWith('admin'),
    allow({ availableReactions: { _: 'chatReactionsAll' } }),
  ),
  after(ALLOW, '400 CHAT_ID_INVALID', groupWith('admin', 'is_deactivated = 1'), allow({})),
  after(ALLOW, '403 CHAT_WRITE_FORBIDDEN', groupWith('left'), allow({})),
  after(ALLOW, '400 CHAT_ADMIN_REQUIRED', groupWith('member', 'default_rights = 1024'), allow({})),
  saved(ALLOW, '400 PEER_ID_INVALID', allow({ peer: NOBODY })),
]

/** Causes of errors about what messages contain besides text. */
export const CONTENT_CAUSES: readonly Cause[] = [
  ...pressed('400 REPLY_MARKUP_TOO_LONG', ...Array<KeyboardButton>(101).fill(CALL)),
  ...pressed('400 BUTTON_TYPE_INVALID', KEY),
  ...pressed('400 BUTTON_DATA_INVALID', { _: 'keyboardButtonCallback', text: 'a', data: new Uint8Array() }),
  ...pressed('400 BUTTON_URL_INVALID', { _: 'keyboardButtonUrl', text: 'a', url: 'nowhere' }),
  ...pressed('400 BUTTON_USER_INVALID', { _: 'inputKeyboardButtonUserProfile', text: 'a', userId: STRANGER }),
  ...pressed('400 BUTTON_COPY_TEXT_INVALID', { _: 'keyboardButtonCopy', text: 'a', copyText: '' }),
  asked('POLL_QUESTION_INVALID', { question: { _: 'textWithEntities', text: '', entities: [] } }),
  asked('POLL_ANSWERS_INVALID', { answers: [answer('a', 0)] }),
  asked('POLL_ANSWER_INVALID', { answers: [answer('a', 0), answer('', 1)] }),
  asked('POLL_OPTION_INVALID', { answers: [answer('a', 0), answer('b')] }),
  asked('POLL_OPTION_DUPLICATE', { answers: [answer('a', 0), answer('b', 0)] }),
  asked('QUIZ_CORRECT_ANSWERS_EMPTY', QUIZ),
  asked('QUIZ_CORRECT_ANSWERS_TOO_MUCH', QUIZ, { correctAnswers: [0, 1] }),
  asked('QUIZ_CORRECT_ANSWER_INVALID', QUIZ, { correctAnswers: [7] }),
  asked('QUIZ_MULTIPLE_INVALID', { ...QUIZ, multipleChoice: true }, { correctAnswers: [0] }),
  asked('MESSAGE_TOO_LONG', QUIZ, { correctAnswers: [0], solution: 'a'.repeat(201), solutionEntities: [] }),
  sent('400 EMOTICON_INVALID', { media: { _: 'inputMediaDice', emoticon: 'a' } }),
  sent('400 MEDIA_EMPTY', { media: { _: 'inputMediaEmpty' } }),
  sent('400 MEDIA_INVALID', {
    media: { _: 'inputMediaGeoPoint', geoPoint: { _: 'inputGeoPoint', lat: 91, long: 0 } },
  }),
  sent('400 MEDIA_CAPTION_TOO_LONG', { message: 'a'.repeat(1025) }),
  sent('400 RANDOM_ID_EMPTY', { randomId: 0n }),
  sent('400 ENTITY_BOUNDS_INVALID', { entities: [{ _: 'messageEntityBold', offset: 1, length: 1 }] }),
  sent('400 ENTITY_MENTION_USER_INVALID', {
    entities: [{ _: 'inputMessageEntityMentionName', offset: 0, length: 1, userId: STRANGER }],
  }),
  sent('400 REPLY_MESSAGE_ID_INVALID', { replyTo: { _: 'inputReplyToMessage', replyToMsgId: MISSING } }),
  sent('400 QUOTE_TEXT_INVALID', {
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: 1, quoteText: 'second' },
  }),
  sent('400 REPLY_MARKUP_INVALID', { replyMarkup: { _: 'replyKeyboardHide' } }),
  sent('400 SEND_AS_PEER_INVALID', { sendAs: NOBODY }),
  sent('400 QUICK_REPLIES_TOO_MUCH', {
    quickReplyShortcut: { _: 'inputQuickReplyShortcut', shortcut: 'a' },
  }),
  sent('400 SUGGESTED_POST_PEER_INVALID', { suggestedPost: { _: 'suggestedPost' } }),
  sent('400 PEER_ID_INVALID', { peer: NOBODY }),
  after('messages.sendMedia', '500 RANDOM_ID_DUPLICATE', '', (client, bob) =>
    media({ peer: bob, randomId: 1n })(client),
  ),
  after(
    'messages.sendMedia',
    '400 INPUT_USER_DEACTIVATED',
    `DELETE FROM boxes WHERE box_id = ${BOB}`,
    (client, bob) => media({ peer: bob })(client),
  ),
  after(
    'messages.sendMedia',
    '400 YOU_BLOCKED_USER',
    `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`,
    (client, bob) => media({ peer: bob })(client),
  ),
  after(
    'messages.sendMedia',
    '403 USER_IS_BLOCKED',
    `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`,
    (client, bob) => media({ peer: bob })(client),
  ),
  after(
    'messages.sendMedia',
    '400 CHAT_ID_INVALID',
    groupWith('member', 'is_deactivated = 1'),
    media({ peer: GROUP }),
  ),
  after('messages.sendMedia', '403 CHAT_WRITE_FORBIDDEN', groupWith('left'), media({ peer: GROUP })),
  after(
    'messages.sendMedia',
    '403 CHAT_SEND_POLL_FORBIDDEN',
    FORBIDS_POLLS,
    media({ peer: GROUP, media: poll() }),
  ),
  saved('messages.editMessage', '400 MEDIA_NEW_INVALID', (client) =>
    client.messages.editMessage({ peer: SELF, id: 1, media: DICE }),
  ),
  saved('messages.sendVote', '400 MESSAGE_POLL_CLOSED', async (client) => {
    await media({ media: poll() })(client)
    await client.messages.editMessage({ peer: SELF, id: 2, media: poll({ closed: true }) })
    await vote(client, [0])
  }),
  voted('400 OPTION_INVALID', [[7]]),
  voted('400 OPTIONS_TOO_MUCH', [[0], [1]]),
  saved('messages.sendVote', '400 REVOTE_NOT_ALLOWED', async (client) => {
    await media({ media: poll(QUIZ, { correctAnswers: [0] }) })(client)
    await vote(client, [0])
    await vote(client, [1])
  }),
  saved('messages.sendVote', '400 MESSAGE_ID_INVALID', (client) => vote(client, [0])),
  saved('messages.sendVote', '400 PEER_ID_INVALID', (client) =>
    client.messages.sendVote({ peer: NOBODY, msgId: 1, options: [] }),
  ),
  saved('messages.getPollResults', '400 MESSAGE_ID_INVALID', (client) =>
    client.messages.getPollResults({ peer: SELF, msgId: 1, pollHash: 0n }),
  ),
  saved('messages.getPollResults', '400 PEER_ID_INVALID', (client) =>
    client.messages.getPollResults({ peer: NOBODY, msgId: 1, pollHash: 0n }),
  ),
  saved('messages.getPollVotes', '400 MSG_ID_INVALID', (client) =>
    client.messages.getPollVotes({ peer: SELF, id: 1, limit: 1 }),
  ),
  saved('messages.getPollVotes', '403 POLL_VOTE_REQUIRED', async (client) => {
    await media({ media: poll({ publicVoters: true }) })(client)
    await client.messages.getPollVotes({ peer: SELF, id: 2, limit: 1 })
  }),
  reacted('400 REACTION_EMPTY', { _: 'reactionEmpty' }),
  reacted('400 REACTION_INVALID', { _: 'reactionEmoji', emoticon: 'a' }),
  reacted('400 REACTIONS_TOO_MANY', GOOD, BAD),
  reacted('403 PREMIUM_ACCOUNT_REQUIRED', { _: 'reactionCustomEmoji', documentId: 1n }),
  reacted('400 MESSAGE_NOT_MODIFIED'),
  saved('messages.sendReaction', '400 MESSAGE_ID_INVALID', react(SELF, MISSING, GOOD)),
  saved('messages.sendReaction', '400 PEER_ID_INVALID', react(NOBODY, 1, GOOD)),
  after('messages.sendReaction', '403 CHAT_WRITE_FORBIDDEN', LEFT, react(GROUP, 1, GOOD)),
  saved('messages.getMessageReactionsList', '400 MSG_ID_INVALID', (client) =>
    client.messages.getMessageReactionsList({ peer: SELF, id: MISSING, limit: 1 }),
  ),
  saved('messages.getUnreadReactions', '400 PEER_ID_INVALID', (client) =>
    client.messages.getUnreadReactions({
      peer: NOBODY,
      offsetId: 0,
      addOffset: 0,
      limit: 1,
      maxId: 0,
      minId: 0,
    }),
  ),
  saved('messages.readReactions', '400 PEER_ID_INVALID', (client) =>
    client.messages.readReactions({ peer: NOBODY }),
  ),
  saved('upload.getFile', '400 LOCATION_INVALID', part({ id: 999n })),
  saved('upload.getFile', '400 OFFSET_INVALID', part({ offset: 7n })),
  saved('upload.getFile', '400 LIMIT_INVALID', part({ limit: 1 })),
  saved('messages.setDefaultReaction', '400 REACTION_INVALID', (client) =>
    client.messages.setDefaultReaction({ reaction: LETTER }),
  ),
  ...allowed,
  saved('messages.getSavedReactionTags', '400 PEER_ID_INVALID', (client) =>
    client.messages.getSavedReactionTags({ peer: NOBODY, hash: 0n }),
  ),
  after('messages.deleteParticipantReaction', '400 CHAT_ADMIN_REQUIRED', groupWith('member'), (client) =>
    client.messages.deleteParticipantReaction({ peer: GROUP, msgId: 1, participant: SELF }),
  ),
  after('messages.deleteParticipantReactions', '400 CHAT_ADMIN_REQUIRED', groupWith('member'), (client) =>
    client.messages.deleteParticipantReactions({ peer: GROUP, participant: SELF }),
  ),
  after('messages.deleteParticipantReaction', '400 MESSAGE_ID_INVALID', groupWith('admin'), (client) =>
    client.messages.deleteParticipantReaction({ peer: GROUP, msgId: MISSING, participant: SELF }),
  ),
  saved('messages.deleteParticipantReaction', '400 PEER_ID_INVALID', (client) =>
    client.messages.deleteParticipantReaction({ peer: NOBODY, msgId: 1, participant: SELF }),
  ),
  saved('messages.deleteParticipantReactions', '400 PEER_ID_INVALID', (client) =>
    client.messages.deleteParticipantReactions({ peer: SELF, participant: SELF }),
  ),
]
