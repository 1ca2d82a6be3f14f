/** A constant for generated code: TL values as in the API, `long` as bigint. */
export type Literal =
  | string
  | Uint8Array
  | number
  | bigint
  | boolean
  | readonly Literal[]
  | { readonly [field: string]: Literal }

/** Constant for a field. If the newest form has an optional field of the same type, the constant applies only when that is missing. */
export interface ValueRule {
  readonly value: Literal
}

/**
 * Takes the field from elsewhere in the value, by JavaScript names: `storiesMaxId.maxId`, `peers.0`. An empty path is
 * the value itself. Paths of requests begin with the TL name of a field.
 */
export interface PathRule {
  readonly path: string
  /** Keeps the items of the list that have this part. */
  readonly where?: string
  /** The rule for each item of the list; an item of which nothing is made is left out. */
  readonly each?: MakingRule
  /** In place of a value that is missing. */
  readonly or?: Literal
  /** The value is the only item of a list. */
  readonly isItem?: true
  /** The rule is for layers that lack this constructor; others keep the field as it is. */
  readonly lacking?: string
}

/** Makes a constructor. Without the part that `where` names, nothing is made. */
export interface MadeRule {
  readonly make: string
  readonly fields: Readonly<Record<string, MakingRule>>
  readonly where?: string
  readonly isItem?: true
}

/** Makes something of each constructor that a value can be, and nothing of others. */
export interface ChoiceRule {
  readonly by: Readonly<Record<string, MakingRule>>
}

/** The index of the item of a list in which a part has the same bytes as the value; -1 if there is none. */
export interface IndexRule {
  readonly indexIn: string
  readonly part: string
}

/** A list of the values at these paths. */
export interface ListRule {
  readonly list: readonly string[]
}

/** The number at this path without its fraction, within an int. */
export interface WholeRule {
  readonly whole: string
}

/** Makes a value of another one. */
export type MakingRule = ValueRule | PathRule | MadeRule | ChoiceRule | IndexRule | ListRule | WholeRule

/** A field that is optional today and that the server always or never sends. */
export interface SentRule {
  readonly sent: 'always' | 'never'
}

/** Source of a field's value, where names and types alone do not tell. */
export type FieldRule =
  | MakingRule
  /** An optional field to leave out although the newest form has one of the same name. */
  | { readonly omit: true }

/** Another constructor of the same type to write instead. */
export interface Instead {
  readonly instead: string
  readonly fields: Readonly<Record<string, FieldRule>>
}

/**
 * Conversion of a method's answer that used to have another type. With `embed` the part that a path names gets one more
 * field: the item with the same id from the answer's list `from`.
 */
export type ResultRule =
  | MakingRule
  | { readonly path: string; readonly embed: { readonly field: string; readonly from: string } }

/**
 * Stand-ins that some clients send in place of a constructor: one of another type with the same fields, or a value of the type of its
 * only field, bare of the constructor.
 */
export type StandIns = Readonly<Record<string, string>>

/** Another constructor with the same fields, or the value in one field together with the other fields. */
export type ReadAs = { readonly as: string } | { readonly into: string }

/** Rules for translations that cannot be derived from the schemas. Keys are TL names: `user.stories_max_id`. */
export interface LayerRules {
  /** Fields of older layers, filled from the newest form; of several rules the first that is for the layer. */
  readonly toOlder: Readonly<Record<string, FieldRule | SentRule | readonly PathRule[]>>
  /** Fields of the newest form that older requests lack. */
  readonly fromOlder: Readonly<Record<string, MakingRule>>
  /** Types inside requests that no method uses any more; constructors that the newest layer cannot read are refused. */
  readonly onlyNewest: readonly string[]
  readonly standIns: StandIns
  /** Readers for constructors of requests that the newest layer lacks or writes in another way. */
  readonly readAs: Readonly<Record<string, ReadAs>>
  /**
   * Constructors that some layers do not have: `refuse` makes sending one there a UsageError, `omit` also leaves
   * it out of vectors, `instead` sends another, the first of a list that the layer has.
   */
  readonly absent: Readonly<Record<string, 'refuse' | 'omit' | Instead | readonly Instead[]>>
  /** Constructors that are left out of vectors with the value that they hold in this field. */
  readonly holding: Readonly<Record<string, string>>
  /** Constructors to replace when the value in this field is omitted. */
  readonly emptied: Readonly<Record<string, Instead & { readonly field: string }>>
  /** Methods whose answers used to have another type. */
  readonly results: Readonly<Record<string, ResultRule>>
}

/** The reaction of a user, before groups and channels could react: an emoji. */
const USER_REACTION: MadeRule = {
  make: 'messageUserReaction',
  where: 'reaction.emoticon',
  fields: { userId: { path: 'peerId.userId', or: 0n }, reaction: { path: 'reaction.emoticon' } },
}

/** A text without formatting, which was a string. */
function textOf(field: string): MadeRule {
  return {
    make: 'textWithEntities',
    where: field,
    fields: { text: { path: field }, entities: { value: [] } },
  }
}

/** A reaction that was an emoji. */
function emojiOf(field: string): MadeRule {
  return { make: 'reactionEmoji', fields: { emoticon: { path: field } } }
}

/** Replies of methods that named the message only. */
function repliesOf(...methods: readonly string[]): Record<string, MadeRule> {
  const reply: MadeRule = {
    make: 'inputReplyToMessage',
    where: 'reply_to_msg_id',
    fields: { replyToMsgId: { path: 'reply_to_msg_id' }, topMsgId: { path: 'top_msg_id' } },
  }
  return Object.fromEntries(methods.map((method) => [`${method}.reply_to`, reply]))
}

/** A button under a message, from layer 229 on: its text and style, and beside them what it does. */
function inlineButton(type: string, ...names: readonly string[]): MadeRule {
  const fields = Object.fromEntries(names.map((name) => [name, { path: name }]))
  return {
    make: 'keyboardInlineButton',
    fields: { style: { path: 'style' }, text: { path: 'text' }, type: { make: type, fields } },
  }
}

/** The same for a button of a keyboard, which has no type in older layers. */
function button(type: string, ...names: readonly string[]): Instead {
  return { instead: 'keyboardButton', fields: inlineButton(type, ...names).fields }
}

/** A sticker that is in no set. */
const NO_SET: Instead = { instead: 'inputStickerSetEmpty', fields: {} }

/** A service message that says in words what happened; clients show it after the name of who did it. */
function said(message: string): Instead {
  return { instead: 'messageActionCustomAction', fields: { message: { value: message } } }
}

/** The rules for the surface. */
export const LAYER_RULES: LayerRules = {
  toOlder: {
    // From 229 on buttons under messages are a type of their own.
    'replyInlineMarkup.rows': [
      {
        path: 'rows',
        each: {
          make: 'keyboardInlineButtonRow',
          fields: {
            buttons: {
              path: 'buttons',
              each: {
                by: {
                  keyboardButtonCallback: inlineButton(
                    'inlineButtonTypeCallback',
                    'requiresPassword',
                    'data',
                  ),
                  keyboardButtonUrl: inlineButton('inlineButtonTypeUrl', 'url'),
                  keyboardButtonSwitchInline: inlineButton(
                    'inlineButtonTypeSwitchInline',
                    'samePeer',
                    'query',
                    'peerTypes',
                  ),
                  keyboardButtonUserProfile: inlineButton('inlineButtonTypeUserProfile', 'userId'),
                  keyboardButtonCopy: inlineButton('inlineButtonTypeCopy', 'copyText'),
                  keyboardButtonWebView: inlineButton('inlineButtonTypeWebView', 'url'),
                  keyboardButtonUrlAuth: inlineButton(
                    'inlineButtonTypeUrlAuth',
                    'fwdText',
                    'url',
                    'buttonId',
                  ),
                  keyboardButtonGame: inlineButton('inlineButtonTypeGame'),
                  keyboardButtonBuy: inlineButton('inlineButtonTypeBuy'),
                },
              },
            },
          },
        },
        lacking: 'keyboardButtonCallback',
      },
    ],
    'keyboardButton.type': { path: 'type', or: { _: 'buttonTypeDefault' } },
    // Until 134 userFull contained the user; the rule of users.getFullUser puts it there.
    'userFull.user': { path: 'user' },
    // Only the emoji, until themes could be gifts. A gift has no emoji, so the theme is left out.
    'userFull.theme_emoticon': { path: 'theme.emoticon' },
    // Only 160 has the first form of stories, userStories, without a peer.
    'userFull.stories': { omit: true },
    // An int until live stories came; today an object in which the id is optional.
    'user.stories_max_id': { path: 'storiesMaxId.maxId' },
    // 166 has the two halves of today's peerColor as separate fields.
    'user.color': { path: 'color.color' },
    'user.background_emoji_id': { path: 'color.backgroundEmojiId' },
    // All of these were required up to 140.
    'botInfo.user_id': { sent: 'always' },
    'botInfo.description': { value: '' },
    'botInfo.commands': { value: [] },
    'botInfo.menu_button': { value: { _: 'botMenuButtonDefault' } },
    // Limits that moved to help.getAppConfig later. The values are the defaults of Telegram Desktop before it has a
    // configuration (mtproto_config.h: SavedGifsLimit, StickersFavedLimit, PinnedDialogsCountMax and
    // PinnedDialogsInFolderMax).
    'config.saved_gifs_limit': { value: 200 },
    'config.stickers_faved_limit': { value: 5 },
    'config.pinned_dialogs_count_max': { value: 5 },
    'config.pinned_infolder_count_max': { value: 100 },
    // Up to 160 one bit stands for both, so neither can be sent alone. The server sells no recurring payments.
    'invoice.recurring': { sent: 'never' },
    'invoice.recurring_terms_url': { omit: true },
    // One card in old layers, a list today; the server keeps no cards.
    'payments.paymentForm.saved_credentials': { omit: true },
    // One name, before there were several.
    'updateUserName.username': { path: 'usernames.0.username', or: '' },
    // Texts got their own formatting later.
    'poll.question': { path: 'question.text' },
    'pollAnswer.text': { path: 'text.text' },
    'dialogFilter.title': { path: 'title.text' },
    // Only people voted at first, and the votes of a poll were of another type.
    'pollResults.recent_voters': { path: 'recentVoters', each: { path: 'userId' } },
    'updateMessagePollVote.user_id': { path: 'peer.userId', or: 0n },
    'messages.votesList.votes': {
      path: 'votes',
      each: {
        by: {
          messagePeerVote: {
            make: 'messageUserVote',
            where: 'peer.userId',
            fields: { userId: { path: 'peer.userId' }, option: { path: 'option' }, date: { path: 'date' } },
          },
          messagePeerVoteInputOption: {
            make: 'messageUserVoteInputOption',
            where: 'peer.userId',
            fields: { userId: { path: 'peer.userId' }, date: { path: 'date' } },
          },
          messagePeerVoteMultiple: {
            make: 'messageUserVoteMultiple',
            where: 'peer.userId',
            fields: { userId: { path: 'peer.userId' }, options: { path: 'options' }, date: { path: 'date' } },
          },
        },
      },
    },
    // Nobody counts the votes of a poll whose results are hidden.
    'pollAnswerVoters.voters': { value: 0 },
    // An emoji alone, before there were custom ones.
    'reactionCount.reaction': { path: 'reaction.emoticon', or: '' },
    'reactionCount.chosen': { path: 'chosenOrder' },
    'messagePeerReaction.reaction': { path: 'reaction.emoticon', or: '' },
    'messageReactions.results': {
      path: 'results',
      where: 'reaction.emoticon',
      lacking: 'reactionCustomEmoji',
    },
    'messageReactions.recent_reactons': { path: 'recentReactions', each: USER_REACTION },
    'messageReactions.recent_reactions': {
      path: 'recentReactions',
      where: 'reaction.emoticon',
      lacking: 'reactionCustomEmoji',
    },
    'messages.messageReactionsList.reactions': [
      { path: 'reactions', each: USER_REACTION, lacking: 'messagePeerReaction' },
      { path: 'reactions', where: 'reaction.emoticon', lacking: 'reactionCustomEmoji' },
    ],
    'chatFull.available_reactions': {
      path: 'availableReactions.reactions',
      each: { path: 'emoticon' },
      lacking: 'reactionCustomEmoji',
    },
    // The number of a message, before a reply could be to a story or to another chat.
    'messageReplyHeader.reply_to_msg_id': { value: 0 },
    'draftMessage.reply_to_msg_id': { path: 'replyTo.replyToMsgId' },
    // A Bool, and a bit today.
    'updatePeerBlocked.blocked': { path: 'blocked', or: false },
    // A Bool, which TDLib of these layers wants to see also if it is false.
    'globalPrivacySettings.archive_and_mute_new_noncontact_peers': {
      path: 'archiveAndMuteNewNoncontactPeers',
      or: false,
    },
    // Bots asked for one peer at a time; the server always sends one.
    'messageActionRequestedPeer.peer': { path: 'peers.0', or: { _: 'peerUser', userId: 0n } },
    // Whole seconds.
    'documentAttributeVideo.duration': { whole: 'duration' },
    // One other form of a video, before there could be several.
    'messageMediaDocument.alt_document': { path: 'altDocuments.0' },
    // Permission came from a website only.
    'messageActionBotAllowed.domain': { value: '' },
    // The server sells nothing, and shows no stories and no themes of gifts.
    'help.premiumPromo.currency': { value: '' },
    'help.premiumPromo.monthly_amount': { value: 0n },
    'payments.starsStatus.balance': { path: 'balance.amount' },
    'payments.starsStatus.history': { value: [] },
    'stories.allStories.user_stories': { value: [] },
    'account.chatThemes.next_offset': { omit: true },
  },
  fromOlder: {
    'replyInlineMarkup.rows': { path: 'rows' },
    // No hash means that the client has no configuration; the server numbers its configurations from 1.
    'help.getAppConfig.hash': { value: 0 },
    // A paid code brought a week of Premium before the number of days became a field.
    'inputStorePaymentAuthCode.premium_days': { value: 7 },
    // The stores first sold Premium and nothing else.
    'payments.assignAppStoreTransaction.purpose': { value: { _: 'inputStorePaymentPremiumSubscription' } },
    'payments.assignPlayMarketTransaction.purpose': { value: { _: 'inputStorePaymentPremiumSubscription' } },
    // Invoices were always in a message; the server has no messages with invoices.
    'payments.getPaymentForm.invoice': {
      value: { _: 'inputInvoiceMessage', peer: { _: 'inputPeerEmpty' }, msgId: 0 },
    },
    'payments.sendPaymentForm.invoice': {
      value: { _: 'inputInvoiceMessage', peer: { _: 'inputPeerEmpty' }, msgId: 0 },
    },
    // Only stars for oneself could be bought.
    'inputInvoiceStars.purpose': {
      value: { _: 'inputStorePaymentStarsTopup', stars: 0n, currency: '', amount: 0n },
    },
    // The server sells no gifts.
    'inputInvoiceStarGift.peer': { value: { _: 'inputPeerEmpty' } },
    'inputInvoiceStarGiftUpgrade.stargift': { value: { _: 'inputSavedStarGiftUser', msgId: 0 } },
    'inputInvoiceStarGiftTransfer.stargift': { value: { _: 'inputSavedStarGiftUser', msgId: 0 } },
    'inputInvoiceStarGiftTransfer.to_id': { value: { _: 'inputPeerEmpty' } },
    // Only the token, before receipts came; the server checks neither with a store.
    'payments.assignPlayMarketTransaction.receipt': { value: { _: 'dataJSON', data: '{}' } },
    // The server does not keep replies to stories.
    'inputReplyToStory.peer': { value: { _: 'inputPeerEmpty' } },
    // E-mails were for Telegram Passport only.
    'account.sendVerifyEmailCode.purpose': { value: { _: 'emailVerifyPurposePassport' } },
    'account.verifyEmail.purpose': { value: { _: 'emailVerifyPurposePassport' } },
    'account.verifyEmail.verification': { value: { _: 'emailVerificationCode', code: '' } },
    // Old replies are to a message of the same chat.
    ...repliesOf(
      'messages.sendMessage',
      'messages.sendMedia',
      'messages.sendMultiMedia',
      'messages.saveDraft',
    ),
    // Texts without formatting.
    'poll.question': textOf('question'),
    'pollAnswer.text': textOf('text'),
    'dialogFilter.title': textOf('title'),
    'dialogFilterChatlist.title': textOf('title'),
    // The right answers by their bytes; today by their places.
    'inputMediaPoll.correct_answers': {
      path: 'correct_answers',
      each: { indexIn: 'poll.answers', part: 'option' },
    },
    // One peer at a time, before buttons asked for several.
    'keyboardButtonRequestPeer.max_quantity': { value: 1 },
    // Polls got a hash later; none is zero.
    'poll.hash': { value: 0n },
    'messages.getPollResults.poll_hash': { value: 0n },
    // One emoji at a time.
    'messages.sendReaction.reaction': { ...emojiOf('reaction'), where: 'reaction', isItem: true },
    'messages.getMessageReactionsList.reaction': { ...emojiOf('reaction'), where: 'reaction' },
    'messages.setDefaultReaction.reaction': { ...emojiOf('reaction'), where: 'reaction' },
    'messages.setChatAvailableReactions.available_reactions': {
      make: 'chatReactionsSome',
      where: 'available_reactions',
      fields: { reactions: { path: 'available_reactions', each: emojiOf('') } },
    },
    // The name of a sound, and an object today.
    'inputPeerNotifySettings.sound': {
      make: 'notificationSoundLocal',
      where: 'sound',
      fields: { title: { path: 'sound' }, data: { path: 'sound' } },
    },
    // A Bool, and a bit today.
    'globalPrivacySettings.archive_and_mute_new_noncontact_peers': {
      path: 'archive_and_mute_new_noncontact_peers',
    },
    // Whole seconds.
    'documentAttributeVideo.duration': { path: 'duration' },
    // No hash means that the client has no set.
    'messages.getStickerSet.hash': { value: 0 },
    // A reason, before the server offered a choice of them.
    'messages.report.option': { value: new Uint8Array() },
    // Bots asked for one peer at a time.
    'messages.sendBotRequestedPeer.requested_peers': { path: 'requested_peer', isItem: true },
    // The server has no stories and no gifts.
    'inputMediaStory.peer': { value: { _: 'inputPeerEmpty' } },
    'stories.getPinnedStories.peer': { value: { _: 'inputPeerEmpty' } },
    'account.getUniqueGiftChatThemes.offset': { value: '' },
  },
  // Pyrogram and its forks send the peer of a chat for a user, a channel or a dialog; Telegram takes it.
  standIns: {
    inputUser: 'inputPeerUser',
    inputUserSelf: 'inputPeerSelf',
    inputChannel: 'inputPeerChannel',
    inputDialogPeer: 'InputPeer',
  },
  // Buttons from 229 on: what a button does is a value beside its text.
  readAs: {
    keyboardInlineButtonRow: { as: 'keyboardButtonRow' },
    keyboardInlineButton: { into: 'type' },
    keyboardButton: { into: 'type' },
    buttonTypeDefault: { as: 'keyboardButton' },
    buttonTypeRequestPhone: { as: 'keyboardButtonRequestPhone' },
    buttonTypeRequestGeoLocation: { as: 'keyboardButtonRequestGeoLocation' },
    buttonTypeRequestPoll: { as: 'keyboardButtonRequestPoll' },
    buttonTypeRequestPeer: { as: 'keyboardButtonRequestPeer' },
    inputButtonTypeRequestPeer: { as: 'inputKeyboardButtonRequestPeer' },
    buttonTypeSimpleWebView: { as: 'keyboardButtonSimpleWebView' },
    inlineButtonTypeUrl: { as: 'keyboardButtonUrl' },
    inlineButtonTypeUrlAuth: { as: 'keyboardButtonUrlAuth' },
    inputInlineButtonTypeUrlAuth: { as: 'inputKeyboardButtonUrlAuth' },
    inlineButtonTypeWebView: { as: 'keyboardButtonWebView' },
    inlineButtonTypeCallback: { as: 'keyboardButtonCallback' },
    inlineButtonTypeGame: { as: 'keyboardButtonGame' },
    inlineButtonTypeBuy: { as: 'keyboardButtonBuy' },
    inlineButtonTypeSwitchInline: { as: 'keyboardButtonSwitchInline' },
    inlineButtonTypeUserProfile: { as: 'keyboardButtonUserProfile' },
    inputInlineButtonTypeUserProfile: { as: 'inputKeyboardButtonUserProfile' },
    inlineButtonTypeCopy: { as: 'keyboardButtonCopy' },
  },
  // Fields of requests that no method of the server takes in an outdated form: buttons, rich texts, and the pictures of
  // polls, which older layers do not have at all.
  onlyNewest: ['InputRichMessage', 'RichMessage', 'MessageMedia'],
  absent: {
    // A login by a token of an earlier one. Some of these layers can send such tokens (logout_tokens of
    // codeSettings) but have no answer for them: the server must send a code all the same.
    'auth.sentCodeSuccess': 'refuse',
    // Paying for the code; older clients have no screen for it.
    'auth.sentCodePaymentRequired': 'refuse',
    // Needs a flag of codeSettings that those layers lack.
    'auth.sentCodeTypeMissedCall': 'refuse',
    'auth.sentCodeTypeFirebaseSms': 'refuse',
    // These clients could not enter the code: auth.signIn has no e-mail, and they have no keyboard for words.
    'auth.sentCodeTypeEmailCode': 'refuse',
    'auth.sentCodeTypeSetUpEmailRequired': 'refuse',
    'auth.sentCodeTypeSmsWord': 'refuse',
    'auth.sentCodeTypeSmsPhrase': 'refuse',
    // These clients take the digits like any other code; only the link to Fragment is lost.
    'auth.sentCodeTypeFragmentSms': {
      instead: 'auth.sentCodeTypeSms',
      fields: { length: { path: 'length' } },
    },
    // The type of the next code is only a button label.
    'auth.codeTypeMissedCall': { instead: 'auth.codeTypeCall', fields: {} },
    'auth.codeTypeFragmentSms': { instead: 'auth.codeTypeSms', fields: {} },
    // Asks to confirm another login; these clients have no screen for it.
    updateNewAuthorization: 'omit',
    // The code after a payment; these clients cannot pay for one.
    updateSentPhoneCode: 'omit',
    'payments.paymentFormStars': 'refuse',
    'payments.paymentFormStarGift': 'refuse',
    // Formatting; the text reads well without it.
    messageEntitySpoiler: 'omit',
    messageEntityCustomEmoji: 'omit',
    messageEntityFormattedDate: 'omit',
    messageEntityDiffInsert: 'omit',
    messageEntityDiffReplace: 'omit',
    messageEntityDiffDelete: 'omit',
    // These clients show folders, but not the place of all chats among them.
    dialogFilterDefault: 'omit',
    // A button of a keyboard sends its text; one with an address opens it. From 229 on all are keyboardButton.
    keyboardButtonRequestPeer: button('buttonTypeRequestPeer', 'buttonId', 'peerType', 'maxQuantity'),
    keyboardButtonRequestPhone: button('buttonTypeRequestPhone'),
    keyboardButtonRequestGeoLocation: button('buttonTypeRequestGeoLocation'),
    keyboardButtonRequestPoll: button('buttonTypeRequestPoll', 'quiz'),
    keyboardButtonSimpleWebView: button('buttonTypeSimpleWebView', 'url'),
    keyboardButtonWebView: [
      { instead: 'keyboardButtonUrl', fields: { text: { path: 'text' }, url: { path: 'url' } } },
      button('buttonTypeDefault'),
    ],
    keyboardButtonCallback: button('buttonTypeDefault'),
    keyboardButtonUrl: button('buttonTypeDefault'),
    keyboardButtonUrlAuth: button('buttonTypeDefault'),
    keyboardButtonSwitchInline: button('buttonTypeDefault'),
    keyboardButtonGame: button('buttonTypeDefault'),
    keyboardButtonBuy: button('buttonTypeDefault'),
    keyboardButtonUserProfile: 'omit',
    keyboardButtonCopy: 'omit',
    // Service messages, as a text.
    messageActionChatJoinedByRequest: said('joined the group by request'),
    messageActionNewCreatorPending: said('is to own the group'),
    messageActionChangeCreator: said('gave the group to another owner'),
    messageActionNoForwardsToggle: said('changed whether messages can be forwarded'),
    messageActionNoForwardsRequest: said('asked to forbid forwarding'),
    messageActionPollAppendAnswer: said('added an answer to the poll'),
    messageActionPollDeleteAnswer: said('removed an answer from the poll'),
    messageActionRequestedPeer: said('shared a chat with the bot'),
    // A bot was told as a user was.
    messageActionRequestedPeerSentMe: [
      {
        instead: 'messageActionRequestedPeer',
        fields: {
          buttonId: { path: 'buttonId' },
          peers: {
            path: 'peers',
            each: {
              by: {
                requestedPeerUser: { make: 'peerUser', fields: { userId: { path: 'userId' } } },
                requestedPeerChat: { make: 'peerChat', fields: { chatId: { path: 'chatId' } } },
                requestedPeerChannel: { make: 'peerChannel', fields: { channelId: { path: 'channelId' } } },
              },
            },
          },
        },
      },
      said('shared a chat with the bot'),
    ],
    // An emoji of a set was a sticker before it could stand in a text.
    documentAttributeCustomEmoji: {
      instead: 'documentAttributeSticker',
      fields: { alt: { path: 'alt' }, stickerset: { path: 'stickerset' } },
    },
    // Sets that these clients cannot ask for: the sticker is shown without its set.
    inputStickerSetAnimatedEmojiAnimations: NO_SET,
    inputStickerSetPremiumGifts: NO_SET,
    inputStickerSetEmojiDefaultStatuses: NO_SET,
    inputStickerSetEmojiGenericAnimations: NO_SET,
    inputStickerSetEmojiDefaultTopicIcons: NO_SET,
    inputStickerSetEmojiChannelDefaultStatuses: NO_SET,
    inputStickerSetTonGifts: NO_SET,
    // Moving pictures that the client draws of an emoji; the photo has still ones.
    videoSizeEmojiMarkup: 'omit',
    videoSizeStickerMarkup: 'omit',
    // Typing is the action that every client shows.
    sendMessageChooseStickerAction: { instead: 'sendMessageTypingAction', fields: {} },
    sendMessageEmojiInteraction: { instead: 'sendMessageTypingAction', fields: {} },
    sendMessageEmojiInteractionSeen: { instead: 'sendMessageTypingAction', fields: {} },
    sendMessageTextDraftAction: { instead: 'sendMessageTypingAction', fields: {} },
    // Privacy of what these clients do not know.
    privacyKeyAbout: 'omit',
    privacyKeyBirthday: 'omit',
    privacyKeyNoPaidMessages: 'omit',
    privacyKeySavedMusic: 'omit',
    privacyKeyStarGiftsAutoSave: 'omit',
    privacyKeyVoiceMessages: 'omit',
    privacyValueAllowBots: 'omit',
    privacyValueAllowCloseFriends: 'omit',
    privacyValueAllowPremium: 'omit',
    privacyValueDisallowBots: 'omit',
    // The server takes no stars for a reaction.
    reactionPaid: 'refuse',
    // Changes that these clients cannot show; they read the whole chat where it matters.
    updateBotChatInviteRequester: 'omit',
    updateBotMenuButton: 'omit',
    updateBotMessageReaction: 'omit',
    updateBotMessageReactions: 'omit',
    updateChatParticipantRank: 'omit',
    updateMessageReactions: 'omit',
    updatePendingJoinRequests: 'omit',
    updatePinnedSavedDialogs: 'omit',
    updateRecentReactions: 'omit',
    updateSavedDialogPinned: 'omit',
    updateSavedReactionTags: 'omit',
    updateUser: 'omit',
    // Nothing to show was an empty list.
    'messages.sponsoredMessagesEmpty': {
      instead: 'messages.sponsoredMessages',
      fields: { messages: { value: [] }, chats: { value: [] }, users: { value: [] } },
    },
  },
  holding: {
    updatePrivacy: 'key',
  },
  emptied: {
    // A push must be an Updates value. Without its only update it becomes an empty list, which changes no state.
    updateShort: {
      field: 'update',
      instead: 'updates',
      fields: {
        updates: { value: [] },
        users: { value: [] },
        chats: { value: [] },
        date: { path: 'date' },
        seq: { value: 0 },
      },
    },
  },
  results: {
    // Up to 152 the answer is the bare configuration. Requests have no hash, so "not modified" is never the answer.
    'help.getAppConfig': { path: 'config' },
    // Bool until 134; today an object that may carry a token for the next login.
    'auth.logOut': { value: true },
    // Bool until login e-mails came; clients of those layers never set one up.
    'account.verifyEmail': { value: true },
    // The bare userFull until 134, containing its user.
    'users.getFullUser': { path: 'fullUser', embed: { field: 'user', from: 'users' } },
    // Updates alone, before there were people who could not be invited.
    'messages.createChat': { path: 'updates' },
    'messages.addChatUser': { path: 'updates' },
    // Updates alone, before a bot could decide who joins.
    'messages.importChatInvite': { path: 'updates' },
    // The part that was the whole answer.
    'messages.getDialogFilters': { path: 'filters' },
    'messages.getPeerSettings': { path: 'settings' },
    'messages.getWebPage': { path: 'webpage' },
    'messages.getWebPagePreview': { path: 'media' },
    // Readers of a message, before the time of reading was told.
    'messages.getMessageReadParticipants': { path: '', each: { path: 'userId' } },
    // One question and one answer, before the server offered a choice of reasons.
    'messages.report': { value: true },
    // Two texts, in the order in which bots.setBotInfo takes them.
    'bots.getBotInfo': { list: ['about', 'description'] },
    // The server has no stories and no themes.
    'stories.getPeerMaxIDs': { path: '', each: { path: 'maxId', or: 0 } },
    'account.getChatThemes': { value: { _: 'account.chatThemesNotModified' } },
  },
}
