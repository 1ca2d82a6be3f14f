/** A constant for generated code: TL values as in the API, `long` as bigint. */
export type Literal =
  | string
  | number
  | bigint
  | boolean
  | readonly Literal[]
  | { readonly [field: string]: Literal }

/** Constant for a field. If the newest form has an optional field of the same type, the constant applies only when that is missing. */
export interface ValueRule {
  readonly value: Literal
}

/** Takes the field from elsewhere in the value, by JavaScript names: `storiesMaxId.maxId`. */
export interface PathRule {
  readonly path: string
}

/** A field that is optional today and that the server always or never sends. */
export interface SentRule {
  readonly sent: 'always' | 'never'
}

/** Source of a field's value, where names and types alone do not tell. */
export type FieldRule =
  | ValueRule
  | PathRule
  /** An optional field to leave out although the newest form has one of the same name. */
  | { readonly omit: true }

/** Another constructor of the same type to write instead. */
export interface Instead {
  readonly instead: string
  readonly fields: Readonly<Record<string, FieldRule>>
}

/** Conversion of a method's answer that used to have another type. */
export type ResultRule =
  | ValueRule
  /**
   * A part of today's answer. With `embed` the part gets one more field: the item with the same id from the
   * answer's list `from`.
   */
  | (PathRule & { readonly embed?: { readonly field: string; readonly from: string } })

/** Rules for translations that cannot be derived from the schemas. Keys are TL names: `user.stories_max_id`. */
export interface LayerRules {
  /** Fields of older layers, filled from the newest form. */
  readonly toOlder: Readonly<Record<string, FieldRule | SentRule>>
  /** Fields of the newest form that older requests lack. */
  readonly fromOlder: Readonly<Record<string, ValueRule | PathRule>>
  /** Types inside requests that no method uses any more; constructors that the newest layer cannot read are refused. */
  readonly onlyNewest: readonly string[]
  /**
   * Constructors that some layers do not have: `refuse` makes sending one there a UsageError, `omit` also leaves
   * it out of vectors, `instead` sends another.
   */
  readonly absent: Readonly<Record<string, 'refuse' | 'omit' | Instead>>
  /** Constructors to replace when the value in this field is omitted. */
  readonly emptied: Readonly<Record<string, Instead & { readonly field: string }>>
  /** Methods whose answers used to have another type. */
  readonly results: Readonly<Record<string, ResultRule>>
}

/** The rules for the surface. */
export const LAYER_RULES: LayerRules = {
  toOlder: {
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
  },
  fromOlder: {
    // No hash means that the client has no configuration; the server numbers its configurations from 1.
    'help.getAppConfig.hash': { value: 0 },
    // Ids of 32 bits in old layers; they only keep a client from being offered an account it already has.
    'auth.exportLoginToken.except_ids': { value: [] },
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
  },
  // Fields of messages that are more than text; messages.sendMessage refuses them.
  onlyNewest: ['ReplyMarkup', 'InputRichMessage'],
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
  },
}
