import type { TelegramClient } from '@cablegram/client'
import type { MethodName, Params } from '@cablegram/tl/api'

const HELD = { phoneNumber: '+9996621234', phoneCodeHash: 'a' } as const
const APP = { apiId: 1, apiHash: 'a' } as const
const BYTES = new Uint8Array(4)
const JSON_DATA = { _: 'dataJSON', data: '{}' } as const
const PASSWORD = { _: 'inputCheckPasswordEmpty' } as const
const SET_UP = { _: 'emailVerifyPurposeLoginSetup', ...HELD } as const
const PAYMENT = {
  _: 'inputStorePaymentAuthCode',
  ...HELD,
  premiumDays: 1,
  currency: 'USD',
  amount: 1n,
} as const
const INVOICE = { _: 'inputInvoicePremiumAuthCode', purpose: PAYMENT } as const
const PASSKEY = { _: 'inputPasskeyCredentialFirebasePNV', pnvToken: 'a' } as const
const PEER = { _: 'inputPeerSelf' } as const
const SELF = { _: 'inputUserSelf' } as const

/** Valid parameters for each method of the table. */
const PARAMS: { readonly [M in MethodName]?: Params<M> } = {
  'account.cancelPasswordEmail': {},
  'account.changeAuthorizationSettings': { hash: 1n },
  'account.confirmPasswordEmail': { code: '1' },
  'account.declinePasswordReset': {},
  'account.deleteAccount': { reason: '' },
  'account.getPasswordSettings': { password: PASSWORD },
  'account.getTmpPassword': { password: PASSWORD, period: 60 },
  'account.initPasskeyRegistration': {},
  'account.registerPasskey': { credential: PASSKEY },
  'account.resendPasswordEmail': {},
  'account.resetAuthorization': { hash: 1n },
  'account.resetPassword': {},
  'account.sendVerifyEmailCode': { purpose: SET_UP, email: 'ada@example.org' },
  'account.setAuthorizationTTL': { authorizationTtlDays: 7 },
  'account.updatePasswordSettings': {
    password: PASSWORD,
    newSettings: { _: 'account.passwordInputSettings' },
  },
  'account.verifyEmail': { purpose: SET_UP, verification: { _: 'emailVerificationCode', code: '1' } },
  'auth.acceptLoginToken': { token: BYTES },
  'auth.bindTempAuthKey': { permAuthKeyId: 1n, nonce: 1n, expiresAt: 1, encryptedMessage: BYTES },
  'auth.cancelCode': HELD,
  'auth.checkPaidAuth': { ...HELD, formId: 1n },
  'auth.checkPassword': { password: PASSWORD },
  'auth.checkRecoveryPassword': { code: '1' },
  'auth.exportAuthorization': { dcId: 1 },
  'auth.exportLoginToken': { ...APP, exceptIds: [] },
  'auth.finishPasskeyLogin': { credential: PASSKEY },
  'auth.importAuthorization': { id: 1n, bytes: BYTES },
  'auth.importBotAuthorization': { flags: 0, ...APP, botAuthToken: '1:a' },
  'auth.importLoginToken': { token: BYTES },
  'auth.importWebTokenAuthorization': { ...APP, webAuthToken: 'a' },
  'auth.initPasskeyLogin': APP,
  'auth.recoverPassword': { code: '1' },
  'auth.reportMissingCode': { ...HELD, mnc: '01' },
  'auth.requestFirebaseSms': HELD,
  'auth.requestPasswordRecovery': {},
  'auth.resendCode': HELD,
  'auth.resetAuthorizations': {},
  'auth.resetLoginEmail': HELD,
  'auth.sendCode': { phoneNumber: HELD.phoneNumber, ...APP, settings: { _: 'codeSettings' } },
  'auth.signIn': { ...HELD, phoneCode: '1' },
  'auth.signUp': { ...HELD, firstName: 'Ada', lastName: '' },
  'account.invalidateSignInCodes': { codes: ['12345'] },
  'account.checkUsername': { username: 'nobody' },
  'account.setAccountTTL': { ttl: { _: 'accountDaysTTL', days: 180 } },
  'account.setPrivacy': { key: { _: 'inputPrivacyKeyAbout' }, rules: [] },
  'account.updateProfile': {},
  'account.updateUsername': { username: 'nobody' },
  'contacts.acceptContact': { id: { _: 'inputUserSelf' } },
  'contacts.addContact': { id: { _: 'inputUserSelf' }, firstName: 'A', lastName: '', phone: '' },
  'contacts.block': { id: PEER },
  'contacts.resolvePhone': { phone: HELD.phoneNumber },
  'contacts.resolveUsername': { username: 'nobody' },
  'contacts.search': { q: 'nobody', limit: 1 },
  'contacts.unblock': { id: PEER },
  'help.acceptTermsOfService': { id: JSON_DATA },
  'help.getNearestDc': {},
  'langpack.getDifference': { langPack: '', langCode: 'en', fromVersion: 0 },
  'langpack.getLangPack': { langPack: '', langCode: 'en' },
  'langpack.getLanguage': { langPack: '', langCode: 'en' },
  'langpack.getLanguages': { langPack: '' },
  'langpack.getStrings': { langPack: '', langCode: 'en', keys: [] },
  'messages.deleteHistory': { peer: PEER, maxId: 0 },
  'messages.deleteMessages': { id: [] },
  'messages.editMessage': { peer: PEER, id: 1, message: 'a' },
  'messages.forwardMessages': { fromPeer: PEER, id: [1], randomId: [1n], toPeer: PEER },
  'messages.getDialogs': { offsetDate: 0, offsetId: 0, offsetPeer: PEER, limit: 1, hash: 0n },
  'messages.getHistory': {
    peer: PEER,
    offsetId: 0,
    offsetDate: 0,
    addOffset: 0,
    limit: 1,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  'messages.addChatUser': { chatId: 1n, userId: SELF, fwdLimit: 0 },
  'messages.checkChatInvite': { hash: 'a' },
  'messages.createChat': { users: [SELF], title: 'A' },
  'messages.deleteChatUser': { chatId: 1n, userId: SELF },
  'messages.deleteExportedChatInvite': { peer: PEER, link: 'a' },
  'messages.deleteRevokedExportedChatInvites': { peer: PEER, adminId: SELF },
  'messages.editChatAbout': { peer: PEER, about: 'A' },
  'messages.editChatAdmin': { chatId: 1n, userId: SELF, isAdmin: true },
  'messages.editChatDefaultBannedRights': {
    peer: PEER,
    bannedRights: { _: 'chatBannedRights', untilDate: 0 },
  },
  'messages.editChatTitle': { chatId: 1n, title: 'A' },
  'messages.editExportedChatInvite': { peer: PEER, link: 'a' },
  'messages.exportChatInvite': { peer: PEER },
  'messages.getAdminsWithInvites': { peer: PEER },
  'messages.getChatInviteImporters': {
    peer: PEER,
    offsetDate: 0,
    offsetUser: { _: 'inputUserEmpty' },
    limit: 1,
  },
  'messages.getChats': { id: [] },
  'messages.getCommonChats': { userId: SELF, maxId: 0n, limit: 1 },
  'messages.getExportedChatInvite': { peer: PEER, link: 'a' },
  'messages.getExportedChatInvites': { peer: PEER, adminId: SELF, limit: 1 },
  'messages.getFullChat': { chatId: 1n },
  'messages.getOnlines': { peer: PEER },
  'messages.hideAllChatJoinRequests': { peer: PEER },
  'messages.hideChatJoinRequest': { peer: PEER, userId: SELF },
  'messages.importChatInvite': { hash: 'a' },
  'messages.getMessages': { id: [] },
  'messages.getPeerDialogs': { peers: [] },
  'messages.getPeerSettings': { peer: PEER },
  'messages.hidePeerSettingsBar': { peer: PEER },
  'messages.getPinnedDialogs': { folderId: 0 },
  'messages.sendMessage': { peer: PEER, message: 'a', randomId: 1n },
  'messages.readHistory': { peer: PEER, maxId: 0 },
  'messages.readMentions': { peer: PEER },
  'messages.readMessageContents': { id: [] },
  'messages.getUnreadMentions': { peer: PEER, offsetId: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0 },
  'messages.search': {
    peer: PEER,
    q: 'a',
    filter: { _: 'inputMessagesFilterEmpty' },
    minDate: 0,
    maxDate: 0,
    offsetId: 0,
    addOffset: 0,
    limit: 1,
    maxId: 0,
    minId: 0,
    hash: 0n,
  },
  'messages.searchGlobal': {
    q: 'a',
    filter: { _: 'inputMessagesFilterEmpty' },
    minDate: 0,
    maxDate: 0,
    offsetRate: 0,
    offsetPeer: PEER,
    offsetId: 0,
    limit: 1,
  },
  'messages.setTyping': { peer: PEER, action: { _: 'sendMessageTypingAction' } },
  'messages.getMessageReactionsList': { peer: PEER, id: 1, limit: 1 },
  'messages.getMessagesReactions': { peer: PEER, id: [1] },
  'messages.getPollResults': { peer: PEER, msgId: 1, pollHash: 0n },
  'messages.getPollVotes': { peer: PEER, id: 1, limit: 1 },
  'messages.getUnreadReactions': { peer: PEER, offsetId: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0 },
  'messages.readReactions': { peer: PEER },
  'messages.sendMedia': {
    peer: PEER,
    media: { _: 'inputMediaDice', emoticon: '🎲' },
    message: '',
    randomId: 1n,
  },
  'messages.sendReaction': { peer: PEER, msgId: 1, reaction: [] },
  'messages.getBotCallbackAnswer': { peer: PEER, msgId: 1, data: BYTES },
  'messages.setBotCallbackAnswer': { queryId: 1n, cacheTime: 0 },
  'messages.startBot': { bot: SELF, peer: PEER, randomId: 1n, startParam: 'a' },
  'messages.sendVote': { peer: PEER, msgId: 1, options: [] },
  'messages.unpinAllMessages': { peer: PEER },
  'messages.updatePinnedMessage': { peer: PEER, id: 1 },
  'payments.assignAppStoreTransaction': { receipt: BYTES, purpose: PAYMENT },
  'payments.assignPlayMarketTransaction': { receipt: JSON_DATA, purpose: PAYMENT },
  'payments.canPurchaseStore': { purpose: PAYMENT },
  'payments.getPaymentForm': { invoice: INVOICE },
  'payments.sendPaymentForm': {
    formId: 1n,
    invoice: INVOICE,
    credentials: { _: 'inputPaymentCredentials', data: JSON_DATA },
  },
  'account.getNotifyExceptions': {},
  'account.getNotifySettings': { peer: { _: 'inputNotifyUsers' } },
  'account.updateNotifySettings': {
    peer: { _: 'inputNotifyUsers' },
    settings: { _: 'inputPeerNotifySettings' },
  },
  'folders.editPeerFolders': { folderPeers: [] },
  'messages.getDialogUnreadMarks': {},
  'messages.getSponsoredMessages': { peer: PEER },
  'messages.markDialogUnread': { peer: { _: 'inputDialogPeer', peer: PEER } },
  'messages.reorderPinnedDialogs': { folderId: 0, order: [] },
  'messages.saveDraft': { peer: PEER, message: 'a' },
  'messages.toggleDialogPin': { peer: { _: 'inputDialogPeer', peer: PEER } },
  'messages.updateDialogFilter': { id: 2 },
  'messages.updateDialogFiltersOrder': { order: [] },
  'messages.getStickerSet': { stickerset: { _: 'inputStickerSetAnimatedEmoji' }, hash: 0 },
  'messages.reportMessagesDelivery': { peer: PEER, id: [1] },
  'messages.reportReadMetrics': { peer: PEER, metrics: [] },
  'payments.getSavedStarGifts': { peer: PEER, offset: '', limit: 10 },
  'payments.getStarsStatus': { peer: PEER },
  'stories.getAlbums': { peer: PEER, hash: 0n },
  'stories.getPeerStories': { peer: PEER },
  'stories.getPinnedStories': { peer: PEER, offsetId: 0, limit: 10 },
  'photos.getUserPhotos': { userId: { _: 'inputUserSelf' }, offset: 0, maxId: 0n, limit: 1 },
  'updates.getDifference': { pts: 1, date: 1, qts: 0 },
  'users.getFullUser': { id: { _: 'inputUserSelf' } },
  'users.getUsers': { id: [] },
}

function isCallable(method: string): method is keyof typeof PARAMS {
  return Object.hasOwn(PARAMS, method)
}

/** Whether a fault of the method can be tested: parameters are known. */
export function canCall(method: string): boolean {
  return method === 'any' || isCallable(method)
}

/** Calls a method with valid parameters; for `any`, a method that everybody may call. */
export async function callWithSomething(client: TelegramClient, method: string): Promise<unknown> {
  const name = method === 'any' ? 'help.getNearestDc' : method
  if (!isCallable(name)) throw new Error(`test/errors/calls.ts has nothing to call ${name} with`)
  return await callOne(client, name)
}

function callOne<M extends MethodName>(client: TelegramClient, method: M): Promise<unknown> {
  const params = PARAMS[method]
  if (params === undefined) throw new Error(`nothing to call ${method} with`)
  return client.call(method, params)
}
