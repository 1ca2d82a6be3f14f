export { ConnectionError, ProtocolError, RpcError, SecurityError, TransportError } from '@cablegram/mtproto'
export { DecodeError, MtprotoError, UsageError } from '@cablegram/tl'
export { fileSession } from '#file-session'
export { indexedDbSession } from '#indexed-db-session'
export { sqliteSession } from '#sqlite-session'
export { TelegramClient } from './client.ts'
export type {
  CallbackAnswer,
  CallbackQueryEvent,
  ChatFilter,
  ClientEvents,
  CommandFilter,
  ConnectionEvent,
  DeleteEvent,
  EventFilters,
  EventHandler,
  EventName,
  InlineAnswer,
  InlineQueryEvent,
  MessageEvent,
  MessageFilter,
  ReadEvent,
  StatusEvent,
  TextFilter,
  TypingEvent,
  WaitEvent,
} from './events/words.ts'
export type { DownloadOptions } from './files/download.ts'
export type { Downloadable } from './files/location.ts'
export type { FileSource } from './files/source.ts'
export type { TransferWait } from './files/transfer.ts'
export { type UploadOptions, uploadFile } from './files/upload.ts'
export {
  type LegalAction,
  type LoginAction,
  LoginActionError,
  type LoginActions,
  type LoginStep,
  type LoginStepAt,
} from './login/actions.ts'
export type { LoginOptions } from './login/context.ts'
export type { FaceSurroundings, LoginFace } from './login/face.ts'
export { logOut } from './login/log-out.ts'
export { login } from './login/login.ts'
export { createLogin, type Login } from './login/machine.ts'
export { newPasswordSettings, passwordProof } from './login/password.ts'
export type { LoginProblem } from './login/problem.ts'
export type { PromptedOptions, StartOptions } from './login/prompted-options.ts'
export type {
  CodeQuestion,
  LoginPrompts,
  NameQuestion,
  PasswordQuestion,
  PaymentQuestion,
  PhoneQuestion,
  QrCode,
  Question,
  RecoveryQuestion,
  ResetEmailQuestion,
} from './login/prompts.ts'
export { acceptLogin } from './login/qr-url.ts'
export { signedInUser } from './login/signed-in.ts'
export type { StartAnswers } from './login/start.ts'
export type { LoginState, LoginStateAt } from './login/states.ts'
export type { AuthorizedUser, FaceClient, LoginClient, SentCode } from './login/surface.ts'
export { plainPhoneNumber } from './login/typed.ts'
export type { Command } from './message/command.ts'
export { Dialog } from './message/dialog.ts'
export type { FileFacts, FileKind } from './message/file-facts.ts'
export { Message } from './message/message.ts'
export type { Buttons, InlineButton, ReplyButton } from './methods/buttons.ts'
export { type DeleteMessagesOptions, deleteMessages } from './methods/delete-messages.ts'
export { type DialogsOptions, dialogs } from './methods/dialogs.ts'
export { download } from './methods/download.ts'
export { type EditMessageOptions, editMessage, type MessageRef } from './methods/edit-message.ts'
export { type ForwardMessagesOptions, forwardMessages } from './methods/forward-messages.ts'
export { getMe } from './methods/get-me.ts'
export { getMessages } from './methods/get-messages.ts'
export { type HistoryFilter, type HistoryOptions, history } from './methods/history.ts'
export { type MarkReadOptions, markRead } from './methods/mark-read.ts'
export { Member, type MembersOptions, members } from './methods/members.ts'
export type { MethodClient } from './methods/method-client.ts'
export { type PinMessageOptions, pinMessage, unpinMessage } from './methods/pin-message.ts'
export { closePoll, type SendPollOptions, sendPoll, vote } from './methods/polls.ts'
export { type PressAnswer, press } from './methods/press.ts'
export { type ProfileChanges, updateProfile } from './methods/profile.ts'
export { deleteProfilePhotos, downloadProfilePhoto, setProfilePhoto } from './methods/profile-photo.ts'
export { type ReactionLike, react } from './methods/react.ts'
export { resolve } from './methods/resolve.ts'
export { type SearchOptions, search } from './methods/search.ts'
export { type AlbumFile, type AlbumItem, type SendAlbumOptions, sendAlbum } from './methods/send-album.ts'
export { type FileOptions, type SendableFile, type SendFileOptions, sendFile } from './methods/send-file.ts'
export { type SendMessageOptions, sendMessage } from './methods/send-message.ts'
export type { CallLimits, MessageId, SendOptions } from './methods/sending.ts'
export { type CommandScope, type SetCommandsOptions, setCommands } from './methods/set-commands.ts'
export { setTyping, type TypingAction } from './methods/set-typing.ts'
export type { ClientApi } from './namespaces.ts'
export type {
  CallOptions,
  ClientOptions,
  LogFields,
  Logger,
  MtproxyOption,
  ProxyOption,
  TraceOption,
  Tracer,
  TracerContext,
  TracerSpan,
} from './options.ts'
export type { PeerBook } from './peers/book.ts'
export { PeerError, type PeerErrorCode } from './peers/errors.ts'
export type { PeerClient, PeerLike } from './peers/resolve.ts'
export { type Chat, Group, User } from './peers/views.ts'
export type { TransportName } from './platform.ts'
export {
  type AnsweredError,
  type DocumentedError,
  type DocumentedErrorType,
  type GlobalError,
  type GlobalErrorType,
  isRpcError,
  type RpcErrorOf,
} from './rpc-errors.ts'
export { resolveServer } from './server/resolve.ts'
export type { App, Server, ServerDc, ServerInfo, ServerOption } from './server/server.ts'
export type { CallStats, ClientStats, ConnectionStats, UpdateStats } from './stats.ts'
export type { AccountState } from './storage/account-state.ts'
export { SessionError } from './storage/errors.ts'
export { memorySession } from './storage/memory.ts'
export {
  changePassphrase,
  isSealed,
  type Passphrase,
  type SealOptions,
  sealedSession,
} from './storage/sealed-session.ts'
export type { EndedLogin } from './storage/session.ts'
export type { StateStorage } from './storage/state.ts'
export type { SessionStorage } from './storage/storage.ts'
export type { FormattedText, TextLike } from './text/formatted.ts'
export type { Interpolated } from './text/source.ts'
export { fromHtml, fromMarkdown, html, md, toHtml, toMarkdown } from './text/tags.ts'
export { UpdatesError } from './updates/errors.ts'
