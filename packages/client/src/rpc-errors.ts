import { RpcError } from '@cablegram/mtproto'
import type { MethodErrors } from '@cablegram/tl/errors'

/** Errors of the same type under each of these codes. */
type Under<Code extends number, Type extends string> = Type extends unknown
  ? { readonly code: Code; readonly type: Type }
  : never

/** The errors any method may answer with, by code and type. */
export type GlobalError =
  | Under<303, 'PHONE_MIGRATE' | 'NETWORK_MIGRATE' | 'USER_MIGRATE' | 'STATS_MIGRATE'>
  | Under<
      400,
      | 'CONNECTION_NOT_INITED'
      | 'CONNECTION_API_ID_INVALID'
      | 'CONNECTION_APP_VERSION_EMPTY'
      | 'CONNECTION_DEVICE_MODEL_EMPTY'
      | 'CONNECTION_LANG_PACK_INVALID'
      | 'CONNECTION_LAYER_INVALID'
      | 'CONNECTION_SYSTEM_EMPTY'
      | 'CONNECTION_SYSTEM_LANG_CODE_EMPTY'
      | 'INPUT_METHOD_INVALID'
      | 'INPUT_FETCH_ERROR'
      | 'INPUT_LAYER_INVALID'
      | 'INPUT_REQUEST_TOO_LONG'
      | 'BOT_METHOD_INVALID'
      | 'USER_BOT_REQUIRED'
      | 'METHOD_NOT_IMPLEMENTED'
      | 'MSG_WAIT_FAILED'
      | 'MSG_WAIT_TIMEOUT'
    >
  | Under<
      401,
      | 'AUTH_KEY_UNREGISTERED'
      | 'AUTH_KEY_INVALID'
      | 'AUTH_KEY_PERM_EMPTY'
      | 'SESSION_EXPIRED'
      | 'SESSION_REVOKED'
      | 'SESSION_PASSWORD_NEEDED'
      | 'USER_DEACTIVATED'
      | 'USER_DEACTIVATED_BAN'
    >
  | Under<406, 'AUTH_KEY_DUPLICATED'>
  | Under<420, 'FLOOD_WAIT' | 'FLOOD_PREMIUM_WAIT'>
  | Under<500, 'INTERNAL' | 'RPC_ANSWER_LOST'>
  | Under<-500, 'No workers running'>
  | Under<-503, 'MSG_WAIT_TIMEOUT' | 'Timeout'>

/** The types of the errors any method may answer with. */
export type GlobalErrorType = GlobalError['type']

/** The code that the schema's documentation leaves out where it lists the same type under another one. */
type UnderTwoCodes = {
  readonly [Method in
    | 'auth.sendCode'
    | 'auth.resendCode'
    | 'auth.cancelCode'
    | 'auth.signIn'
    | 'auth.signUp']: Under<400, 'PHONE_NUMBER_INVALID'>
}

/** Exactly the errors the documentation of a method lists, by code and type. */
export type DocumentedError<Method extends keyof MethodErrors> =
  | MethodErrors[Method]
  | (Method extends keyof UnderTwoCodes ? UnderTwoCodes[Method] : never)

/** Exactly the error types the documentation of a method lists. */
export type DocumentedErrorType<Method extends keyof MethodErrors> = DocumentedError<Method>['type']

/** Errors that Cablegram's server answers with although they are not documented; Telegram may answer with them, too. */
type UndocumentedErrors = Readonly<
  Record<
    | 'users.getUsers'
    | 'auth.exportLoginToken'
    | 'messages.getPeerDialogs'
    | 'messages.getMessages'
    | 'messages.getChats'
    | 'messages.deleteMessages'
    | 'messages.readMessageContents'
    | 'messages.getSearchCounters'
    | 'messages.getMessagesViews'
    | 'messages.report'
    | 'messages.getScheduledMessages'
    | 'messages.deleteScheduledMessages'
    | 'account.invalidateSignInCodes'
    | 'langpack.getStrings',
    Under<400, 'LIMIT_INVALID'>
  > &
    Record<
      'account.getPasswordSettings' | 'account.getTmpPassword' | 'account.deleteAccount',
      Under<400, 'SRP_ID_INVALID' | 'SRP_PASSWORD_CHANGED'>
    > &
    Record<
      'auth.initPasskeyLogin' | 'auth.importWebTokenAuthorization',
      Under<400, 'API_ID_PUBLISHED_FLOOD'>
    > &
    Record<
      'contacts.addContact' | 'contacts.updateContactNote',
      Under<400, 'MESSAGE_TOO_LONG' | 'ENTITY_BOUNDS_INVALID' | 'ENTITY_MENTION_USER_INVALID'>
    > &
    Record<'payments.canPurchaseStore' | 'payments.getPaymentForm', Under<400, 'PHONE_NUMBER_INVALID'>> &
    Record<'messages.getSavedDialogsByID', Under<400, 'PEER_ID_INVALID' | 'LIMIT_INVALID'>> &
    Record<
      'messages.reorderPinnedSavedDialogs',
      Under<400, 'PEER_ID_INVALID' | 'LIMIT_INVALID' | 'PINNED_DIALOGS_TOO_MUCH'>
    > &
    Record<
      'payments.assignAppStoreTransaction' | 'payments.sendPaymentForm',
      Under<400, 'PHONE_NUMBER_INVALID' | 'SMS_CODE_CREATE_FAILED'>
    > &
    Record<
      'messages.createChat' | 'messages.hideChatJoinRequest',
      Under<400, 'USERS_TOO_MUCH' | 'USER_ID_INVALID'>
    > &
    Record<
      'messages.deleteChatUser' | 'messages.editChatTitle' | 'messages.deleteExportedChatInvite',
      Under<403, 'CHAT_WRITE_FORBIDDEN'>
    > &
    Record<
      'messages.editChatAdmin' | 'messages.deleteRevokedExportedChatInvites',
      Under<400, 'CHAT_ADMIN_REQUIRED'> | Under<403, 'CHAT_WRITE_FORBIDDEN'>
    > & {
      'messages.editExportedChatInvite': Under<400, 'EXPIRE_DATE_INVALID'>
      'payments.assignPlayMarketTransaction': Under<
        400,
        'PHONE_NUMBER_INVALID' | 'SMS_CODE_CREATE_FAILED' | 'INPUT_PURPOSE_INVALID'
      >
      'messages.sendMessage': Under<400, 'PEER_ID_INVALID' | 'PEER_FLOOD'>
      'account.getNotifyExceptions': Under<400, 'PEER_ID_INVALID'>
      'messages.getSavedDialogs': Under<400, 'PEER_ID_INVALID'>
      'folders.editPeerFolders': Under<400, 'PEER_ID_INVALID' | 'LIMIT_INVALID'>
      'messages.getDialogUnreadMarks': Under<400, 'PEER_ID_INVALID'>
      'messages.getSponsoredMessages': Under<400, 'PEER_ID_INVALID'>
      'messages.reorderPinnedDialogs': Under<
        400,
        'FOLDER_ID_INVALID' | 'PINNED_DIALOGS_TOO_MUCH' | 'LIMIT_INVALID'
      >
      'messages.saveDraft': Under<400, 'ENTITY_MENTION_USER_INVALID' | 'MESSAGE_TOO_LONG'>
      'messages.updateDialogFilter': Under<400, 'ENTITY_MENTION_USER_INVALID' | 'LIMIT_INVALID'>
      'messages.updateDialogFiltersOrder': Under<400, 'LIMIT_INVALID'>
      'messages.reportReadMetrics': Under<400, 'PEER_ID_INVALID'>
      'messages.setTyping': Under<400, 'PEER_ID_INVALID'>
      'messages.forwardMessages': Under<
        400,
        'PEER_FLOOD' | 'PEER_ID_INVALID' | 'LIMIT_INVALID' | 'SCHEDULE_STATUS_PRIVATE'
      >
      'messages.toggleNoForwards': Under<403, 'CHAT_WRITE_FORBIDDEN'>
      'messages.deleteChat': Under<403, 'CHAT_WRITE_FORBIDDEN'>
      'messages.getFutureChatCreatorAfterLeave': Under<400, 'PEER_ID_INVALID'>
      'messages.editChatParticipantRank':
        | Under<400, 'ADMIN_RANK_INVALID' | 'CHAT_ADMIN_REQUIRED' | 'USER_NOT_PARTICIPANT'>
        | Under<403, 'CHAT_WRITE_FORBIDDEN'>
      'messages.editChatCreator':
        | Under<400, 'PEER_ID_INVALID' | 'USER_ID_INVALID' | 'USER_NOT_PARTICIPANT' | 'SRP_PASSWORD_CHANGED'>
        | Under<403, 'CHAT_WRITE_FORBIDDEN'>
      'contacts.setBlocked': Under<400, 'PEER_ID_INVALID' | 'LIMIT_INVALID'>
      'messages.startBot': Under<400, 'BOT_GROUPS_BLOCKED' | 'RANDOM_ID_EMPTY' | 'YOU_BLOCKED_USER'>
      'messages.getBotCallbackAnswer': Under<
        400,
        'PASSWORD_HASH_INVALID' | 'SRP_ID_INVALID' | 'SRP_PASSWORD_CHANGED'
      >
      'messages.getMessageEditData':
        | Under<400, 'MESSAGE_EDIT_TIME_EXPIRED' | 'YOU_BLOCKED_USER'>
        | Under<403, 'USER_IS_BLOCKED'>
      'messages.editMessage':
        | Under<403, 'USER_IS_BLOCKED'>
        | Under<
            400,
            | 'YOU_BLOCKED_USER'
            | 'ENTITY_MENTION_USER_INVALID'
            | 'ENTITY_DATE_INVALID'
            | 'ENTITY_DATE_FORMAT_INVALID'
            | 'ENTITY_DATE_TOO_LONG'
          >
      'messages.addPollAnswer':
        | Under<
            400,
            | 'CHAT_ID_INVALID'
            | 'ENTITY_BOUNDS_INVALID'
            | 'INPUT_USER_DEACTIVATED'
            | 'MESSAGE_ID_INVALID'
            | 'MESSAGE_POLL_CLOSED'
            | 'POLL_ANSWER_INVALID'
            | 'POLL_ANSWERS_INVALID'
            | 'POLL_OPTION_DUPLICATE'
            | 'YOU_BLOCKED_USER'
          >
        | Under<403, 'CHAT_SEND_PLAIN_FORBIDDEN' | 'CHAT_WRITE_FORBIDDEN' | 'USER_IS_BLOCKED'>
      'messages.deletePollAnswer':
        | Under<
            400,
            | 'CHAT_ID_INVALID'
            | 'INPUT_USER_DEACTIVATED'
            | 'MESSAGE_ID_INVALID'
            | 'MESSAGE_POLL_CLOSED'
            | 'OPTION_INVALID'
            | 'YOU_BLOCKED_USER'
          >
        | Under<403, 'CHAT_SEND_PLAIN_FORBIDDEN' | 'CHAT_WRITE_FORBIDDEN' | 'USER_IS_BLOCKED'>
      'messages.deleteParticipantReaction': Under<400, 'CHAT_ADMIN_REQUIRED' | 'MESSAGE_ID_INVALID'>
      'messages.deleteParticipantReactions': Under<400, 'CHAT_ADMIN_REQUIRED'>
      'messages.setChatAvailableReactions': Under<400, 'CHAT_ID_INVALID'> | Under<403, 'CHAT_WRITE_FORBIDDEN'>
      'messages.toggleSavedDialogPin': Under<400, 'PEER_HISTORY_EMPTY' | 'PINNED_DIALOGS_TOO_MUCH'>
      'messages.sendScheduledMessages':
        | Under<400, 'CHAT_ID_INVALID' | 'INPUT_USER_DEACTIVATED' | 'LIMIT_INVALID' | 'YOU_BLOCKED_USER'>
        | Under<
            403,
            | 'CHAT_SEND_PLAIN_FORBIDDEN'
            | 'CHAT_SEND_POLL_FORBIDDEN'
            | 'CHAT_WRITE_FORBIDDEN'
            | 'USER_IS_BLOCKED'
          >
      'messages.sendMedia': Under<
        400,
        | 'BUTTON_USER_INVALID'
        | 'PEER_FLOOD'
        | 'PEER_ID_INVALID'
        | 'RANDOM_ID_EMPTY'
        | 'CHAT_ID_INVALID'
        | 'QUOTE_TEXT_INVALID'
        | 'ENTITY_MENTION_USER_INVALID'
        | 'SCHEDULE_STATUS_PRIVATE'
      >
      'account.resendPasswordEmail': Under<400, 'EMAIL_INVALID'>
      'auth.requestPasswordRecovery': Under<400, 'EMAIL_INVALID'>
      'auth.resetLoginEmail': Under<400, 'PHONE_CODE_EXPIRED'>
      'auth.checkRecoveryPassword': Under<400, 'CODE_INVALID'>
      'auth.recoverPassword': Under<400, 'CODE_INVALID' | 'PASSWORD_RECOVERY_EXPIRED' | 'NEW_SALT_INVALID'>
      'auth.checkPaidAuth': Under<400, 'PHONE_CODE_EXPIRED' | 'INVOICE_INVALID'>
    }
>

/** Every error a method may answer with, by code and type. */
export type AnsweredError<Method extends keyof MethodErrors> =
  | DocumentedError<Method>
  | (Method extends keyof UndocumentedErrors ? UndocumentedErrors[Method] : never)
  | GlobalError

/** An error of a method: what its documentation lists, what else is known of it, and what any method may answer. */
export type RpcErrorOf<Method extends keyof MethodErrors> = RpcError & {
  readonly method: Method
} & AnsweredError<Method>

/**
 * Whether an error is the server's refusal of that method; its `code` and `type` can then be compared with those the
 * method is known to answer with, and with no others by a slip of the pen.
 *
 * @example
 * ```ts
 * import { isRpcError, type TelegramClient } from '@cablegram/client'
 *
 * export async function nameOf(client: TelegramClient): Promise<string> {
 *   try {
 *     const [user] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
 *     return user?._ === 'user' ? (user.firstName ?? '') : ''
 *   } catch (error) {
 *     if (isRpcError(error, 'users.getUsers') && error.code === 401) return 'nobody is signed in'
 *     throw error
 *   }
 * }
 * ```
 */
export function isRpcError<Method extends keyof MethodErrors>(
  error: unknown,
  method: Method,
): error is RpcErrorOf<Method> {
  return error instanceof RpcError && error.method === method
}
