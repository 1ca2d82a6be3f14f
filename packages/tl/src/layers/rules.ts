/** A value written into generated code: TL values as in the API, `long` as bigint. */
export type Literal =
  | string
  | number
  | bigint
  | boolean
  | readonly Literal[]
  | { readonly [field: string]: Literal }

/** A field's value: always this; where there is a field of the same type that may be missing, only then. */
export interface ValueRule {
  readonly value: Literal
}

/** A field's value is somewhere else in the value, by its JavaScript names: `storiesMaxId.maxId`. */
export interface PathRule {
  readonly path: string
}

/** A field that may be there or missing today, and always or never is in what the server sends. */
export interface SentRule {
  readonly sent: 'always' | 'never'
}

/** Where a field gets its value from when names and types alone do not say. */
export type FieldRule =
  | ValueRule
  | PathRule
  /** An optional field that is left out though today's has the same name. */
  | { readonly omit: true }

/** Another constructor of the same type, written in place of one. */
export interface Instead {
  readonly instead: string
  readonly fields: Readonly<Record<string, FieldRule>>
}

/** How a method's answer is made where its type was another. */
export type ResultRule =
  | ValueRule
  /**
   * A part of today's answer. With `embed` that part gets one field more: the item of the answer's list `from`
   * that has the part's id.
   */
  | (PathRule & { readonly embed?: { readonly field: string; readonly from: string } })

/** What the translation between layers cannot derive from the schemas. Keys are TL names: `user.stories_max_id`. */
export interface LayerRules {
  /** Fields of older layers, filled from the newest form. */
  readonly toOlder: Readonly<Record<string, FieldRule | SentRule>>
  /** Fields of the newest form that older requests lack. */
  readonly fromOlder: Readonly<Record<string, ValueRule | PathRule>>
  /** Types that requests hold and no method takes: what of them the newest layer does not read is not understood. */
  readonly onlyNewest: readonly string[]
  /**
   * Constructors that some layers do not have: `refuse` makes sending one there a UsageError, `omit` also leaves
   * it out of vectors, `instead` sends another.
   */
  readonly absent: Readonly<Record<string, 'refuse' | 'omit' | Instead>>
  /** Constructors that hold a value in this field, and what becomes of them where that value is omitted. */
  readonly emptied: Readonly<Record<string, Instead & { readonly field: string }>>
  /** Methods whose answers were of another type. */
  readonly results: Readonly<Record<string, ResultRule>>
}

/** The rules for the surface. */
export const LAYER_RULES: LayerRules = {
  toOlder: {
    // Until 134 the user stood inside; the rule of users.getFullUser puts it there.
    'userFull.user': { path: 'user' },
    // The emoji alone, until themes could be gifts, which have none: then there is no theme.
    'userFull.theme_emoticon': { path: 'theme.emoticon' },
    // 160 alone has the first form of stories, userStories, which names no peer.
    'userFull.stories': { omit: true },
    // An int until stories could be live; today an object that may lack the id.
    'user.stories_max_id': { path: 'storiesMaxId.maxId' },
    // 166 has the two halves of today's peerColor as fields of their own.
    'user.color': { path: 'color.color' },
    'user.background_emoji_id': { path: 'color.backgroundEmojiId' },
    // All of it had to be there up to 140.
    'botInfo.user_id': { sent: 'always' },
    'botInfo.description': { value: '' },
    'botInfo.commands': { value: [] },
    'botInfo.menu_button': { value: { _: 'botMenuButtonDefault' } },
    // Limits that are part of help.getAppConfig since: what Telegram Desktop takes them for until it has a
    // configuration (mtproto_config.h: SavedGifsLimit, StickersFavedLimit, PinnedDialogsCountMax and
    // PinnedDialogsInFolderMax).
    'config.saved_gifs_limit': { value: 200 },
    'config.stickers_faved_limit': { value: 5 },
    'config.pinned_dialogs_count_max': { value: 5 },
    'config.pinned_infolder_count_max': { value: 100 },
    // One bit for both up to 160, so that neither can be said alone; nothing is sold here that recurs.
    'invoice.recurring': { sent: 'never' },
    'invoice.recurring_terms_url': { omit: true },
    // One card there, a list since; the server keeps none.
    'payments.paymentForm.saved_credentials': { omit: true },
  },
  fromOlder: {
    // Without a hash the client has nothing yet; the server numbers its configurations from 1.
    'help.getAppConfig.hash': { value: 0 },
    // Ids of 32 bits there; they only save a client from being offered an account it has already.
    'auth.exportLoginToken.except_ids': { value: [] },
    // What a paid code brought before the days were named: Premium for a week.
    'inputStorePaymentAuthCode.premium_days': { value: 7 },
    // The stores first sold Premium and nothing else.
    'payments.assignAppStoreTransaction.purpose': { value: { _: 'inputStorePaymentPremiumSubscription' } },
    'payments.assignPlayMarketTransaction.purpose': { value: { _: 'inputStorePaymentPremiumSubscription' } },
    // Invoices were always in a message; there is none here that has one.
    'payments.getPaymentForm.invoice': {
      value: { _: 'inputInvoiceMessage', peer: { _: 'inputPeerEmpty' }, msgId: 0 },
    },
    'payments.sendPaymentForm.invoice': {
      value: { _: 'inputInvoiceMessage', peer: { _: 'inputPeerEmpty' }, msgId: 0 },
    },
    // Stars for oneself were all that could be bought.
    'inputInvoiceStars.purpose': {
      value: { _: 'inputStorePaymentStarsTopup', stars: 0n, currency: '', amount: 0n },
    },
    // Gifts are not sold here, whoever they are for.
    'inputInvoiceStarGift.peer': { value: { _: 'inputPeerEmpty' } },
    'inputInvoiceStarGiftUpgrade.stargift': { value: { _: 'inputSavedStarGiftUser', msgId: 0 } },
    'inputInvoiceStarGiftTransfer.stargift': { value: { _: 'inputSavedStarGiftUser', msgId: 0 } },
    'inputInvoiceStarGiftTransfer.to_id': { value: { _: 'inputPeerEmpty' } },
    // Its token alone, before receipts; the server has no store to ask about either.
    'payments.assignPlayMarketTransaction.receipt': { value: { _: 'dataJSON', data: '{}' } },
    // What a message answers to is not kept, whoever told the story.
    'inputReplyToStory.peer': { value: { _: 'inputPeerEmpty' } },
    // E-mails were for Telegram Passport only.
    'account.sendVerifyEmailCode.purpose': { value: { _: 'emailVerifyPurposePassport' } },
    'account.verifyEmail.purpose': { value: { _: 'emailVerifyPurposePassport' } },
    'account.verifyEmail.verification': { value: { _: 'emailVerificationCode', code: '' } },
  },
  // Of messages that are more than a text: messages.sendMessage refuses them.
  onlyNewest: ['ReplyMarkup', 'InputRichMessage'],
  absent: {
    // A login by a token of an earlier one. Some of these layers can send such tokens (logout_tokens of
    // codeSettings) but have no answer for them: the server must send a code all the same.
    'auth.sentCodeSuccess': 'refuse',
    // Paying for the code; older clients have no screen for it.
    'auth.sentCodePaymentRequired': 'refuse',
    // Allowed by a flag of codeSettings that those layers do not have.
    'auth.sentCodeTypeMissedCall': 'refuse',
    'auth.sentCodeTypeFirebaseSms': 'refuse',
    // These clients could not take the answer: no e-mail in auth.signIn, no keyboard for words.
    'auth.sentCodeTypeEmailCode': 'refuse',
    'auth.sentCodeTypeSetUpEmailRequired': 'refuse',
    'auth.sentCodeTypeSmsWord': 'refuse',
    'auth.sentCodeTypeSmsPhrase': 'refuse',
    // A code of digits that these clients take as any other; only its page is not linked.
    'auth.sentCodeTypeFragmentSms': {
      instead: 'auth.sentCodeTypeSms',
      fields: { length: { path: 'length' } },
    },
    // What the next code will be is a label of a button.
    'auth.codeTypeMissedCall': { instead: 'auth.codeTypeCall', fields: {} },
    'auth.codeTypeFragmentSms': { instead: 'auth.codeTypeSms', fields: {} },
    // Asks to confirm another login, which these clients have no screen for.
    updateNewAuthorization: 'omit',
    // The code that was paid for; these clients cannot pay for one.
    updateSentPhoneCode: 'omit',
    'payments.paymentFormStars': 'refuse',
    'payments.paymentFormStarGift': 'refuse',
    // Decoration of a text that reads well without it.
    messageEntitySpoiler: 'omit',
    messageEntityCustomEmoji: 'omit',
    messageEntityFormattedDate: 'omit',
    messageEntityDiffInsert: 'omit',
    messageEntityDiffReplace: 'omit',
    messageEntityDiffDelete: 'omit',
  },
  emptied: {
    // A push has to be some Updates: without its only update, a list of none, which changes no state.
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
    // The bare configuration up to 152. An unchanged one has no place there, and is never asked for: no hash.
    'help.getAppConfig': { path: 'config' },
    // Bool until 134; since, an object that may carry a token for the next login.
    'auth.logOut': { value: true },
    // Bool until e-mails could be of a login; the login's answer is not asked for by clients of that age.
    'account.verifyEmail': { value: true },
    // The bare userFull until 134, with its user inside.
    'users.getFullUser': { path: 'fullUser', embed: { field: 'user', from: 'users' } },
  },
}
