import type { InputFile, MethodName, Params, Results } from '@cablegram/tl/api'
import type { DownloadOptions } from './files/download.ts'
import type { Downloadable } from './files/location.ts'
import type { PartCallOptions, PartSurroundings } from './files/part-client.ts'
import type { FileSource } from './files/source.ts'
import type { UploadOptions } from './files/upload.ts'
import type { Dialog } from './message/dialog.ts'
import type { Message } from './message/message.ts'
import type { DeleteMessagesOptions } from './methods/delete-messages.ts'
import type { DialogsOptions } from './methods/dialogs.ts'
import type { EditMessageOptions, MessageRef } from './methods/edit-message.ts'
import type { ForwardMessagesOptions } from './methods/forward-messages.ts'
import type { HistoryOptions } from './methods/history.ts'
import { later } from './methods/later.ts'
import type { MarkReadOptions } from './methods/mark-read.ts'
import type { Member, MembersOptions } from './methods/members.ts'
import type { PinMessageOptions } from './methods/pin-message.ts'
import type { SendPollOptions } from './methods/polls.ts'
import type { PressAnswer } from './methods/press.ts'
import type { ProfileChanges } from './methods/profile.ts'
import type { ReactionLike } from './methods/react.ts'
import type { SearchOptions } from './methods/search.ts'
import type { AlbumItem, SendAlbumOptions } from './methods/send-album.ts'
import type { SendableFile, SendFileOptions } from './methods/send-file.ts'
import type { SendMessageOptions } from './methods/send-message.ts'
import type { CallLimits } from './methods/sending.ts'
import type { SetCommandsOptions } from './methods/set-commands.ts'
import type { TypingAction } from './methods/set-typing.ts'
import type { CallOptions } from './options.ts'
import type { PeerBook } from './peers/book.ts'
import type { PeerLike } from './peers/resolve.ts'
import type { Chat, User } from './peers/views.ts'
import type { TextLike } from './text/formatted.ts'

/**
 * The doors of the daily calls: each loads the function of its name when it is first used. The members that those functions
 * need are abstract here; `TelegramClient` has them.
 */
export abstract class DailyCalls {
  abstract call<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options?: CallOptions,
  ): Promise<Results[Method]>
  abstract callPart<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options: PartCallOptions,
  ): Promise<Results[Method]>
  abstract readonly peers: PeerBook
  abstract readonly closed: AbortSignal
  abstract readonly surroundings: PartSurroundings

  /**
   * Sends a file to the server and gives what `inputMediaUploadedDocument` and the like take. The source is a path, bytes, a
   * Blob or a stream; the bytes go in parts on a connection of their own, at most 4 MiB at a time.
   *
   * @throws as the function `uploadFile` does
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export async function attach(client: TelegramClient, path: string) {
   *   const file = await client.uploadFile(path, {
   *     onProgress: (doneBytes, totalBytes) => console.log(`${doneBytes} of ${totalBytes ?? '?'} bytes`),
   *   })
   *   return client.messages.uploadMedia({
   *     peer: { _: 'inputPeerSelf' },
   *     media: { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain', attributes: [] },
   *   })
   * }
   * ```
   */
  async uploadFile(source: FileSource, options: UploadOptions = {}): Promise<InputFile> {
    const { uploadFile } = await import('./files/upload.ts')
    return await uploadFile(this, source, options)
  }

  /**
   * Downloads the file of a message or of its media, or at a location, on a connection of its own. With a path the bytes go
   * to that file, and a later call goes on where an earlier one has ended; without one they come in order, as they are read.
   *
   * @throws as the function `download` does
   *
   * @example
   * ```ts
   * import type { Downloadable, TelegramClient } from '@cablegram/client'
   *
   * export async function save(client: TelegramClient, message: Downloadable, signal: AbortSignal) {
   *   await client.download(message, './photo.jpg', { signal })
   *   let length = 0
   *   for await (const bytes of client.download(message)) length += bytes.length
   *   return length
   * }
   * ```
   */
  download(what: Downloadable, path: string | URL, options?: DownloadOptions): Promise<void>
  download(what: Downloadable, path?: undefined, options?: DownloadOptions): AsyncGenerator<Uint8Array>
  download(what: Downloadable, options: DownloadOptions): AsyncGenerator<Uint8Array>
  download(
    what: Downloadable,
    pathOrOptions?: string | URL | DownloadOptions,
    options?: DownloadOptions,
  ): Promise<void> | AsyncGenerator<Uint8Array> {
    const load = () => import('./methods/download.ts')
    if (typeof pathOrOptions === 'string' || pathOrOptions instanceof URL) {
      return load().then(({ download }) => download(this, what, pathOrOptions, options))
    }
    return readLater(async () => (await load()).download(this, what, pathOrOptions ?? options))
  }

  /**
   * Sends a file: a path, bytes, a Blob or a stream, or media that the server has.
   *
   * @throws as the function `sendFile` does
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export async function report(client: TelegramClient) {
   *   return client.sendFile('@ada', './report.pdf', { caption: 'As promised', asDocument: true })
   * }
   * ```
   */
  async sendFile(peer: PeerLike, file: SendableFile, options?: SendFileOptions): Promise<Message> {
    const { sendFile } = await import('./methods/send-file.ts')
    return await sendFile(this, peer, file, options)
  }

  /** Sends up to ten files as one album. @throws as the function `sendAlbum` does */
  async sendAlbum(
    peer: PeerLike,
    files: readonly AlbumItem[],
    options?: SendAlbumOptions,
  ): Promise<Message[]> {
    const { sendAlbum } = await import('./methods/send-album.ts')
    return await sendAlbum(this, peer, files, options)
  }

  /**
   * Finds a user or chat by name, number, link or id, as the session remembers it or by asking the server. The daily calls
   * do so by themselves.
   *
   * @throws PeerError; RpcError; ConnectionError
   *
   * @example
   * ```ts
   * import type { TelegramClient } from '@cablegram/client'
   *
   * export async function titleOf(client: TelegramClient, name: string): Promise<string> {
   *   const chat = await client.resolve(name)
   *   return chat.title
   * }
   * ```
   */
  async resolve(peer: PeerLike): Promise<Chat> {
    const { resolve } = await import('./methods/resolve.ts')
    return await resolve(this, peer)
  }

  /**
   * Sends a text: a string, `md`…``, `html`…`` or `{ text, entities }`. One whose answer is lost arrives once.
   *
   * @throws PeerError; UsageError TEXT_INVALID, BUTTONS_INVALID; RpcError; ConnectionError
   */
  async sendMessage(peer: PeerLike, text: TextLike, options?: SendMessageOptions): Promise<Message> {
    const { sendMessage } = await import('./methods/send-message.ts')
    return await sendMessage(this, peer, text, options)
  }

  /** Replaces the text of a message. @throws PeerError; UsageError TEXT_INVALID; RpcError */
  async editMessage(message: MessageRef, text: TextLike, options?: EditMessageOptions): Promise<Message> {
    const { editMessage } = await import('./methods/edit-message.ts')
    return await editMessage(this, message, text, options)
  }

  /** Deletes messages, for everybody unless `forAll` is false. @throws PeerError; RpcError */
  async deleteMessages(messages: readonly MessageRef[], options?: DeleteMessagesOptions): Promise<void> {
    const { deleteMessages } = await import('./methods/delete-messages.ts')
    await deleteMessages(this, messages, options)
  }

  /**
   * Gets messages by their numbers, such as the one that another replies to: those that are there, in the order in which they
   * were asked for.
   *
   * @throws as the function `getMessages` does
   *
   * @example
   * ```ts
   * import type { MessageEvent, TelegramClient } from '@cablegram/client'
   *
   * export async function quoted(client: TelegramClient, { chat, message: { replyTo } }: MessageEvent) {
   *   if (replyTo === undefined) return undefined
   *   const [original] = await client.getMessages([{ chat, id: replyTo }])
   *   return original?.text
   * }
   * ```
   */
  async getMessages(messages: readonly MessageRef[], limits?: CallLimits): Promise<Message[]> {
    const { getMessages } = await import('./methods/get-messages.ts')
    return await getMessages(this, messages, limits)
  }

  /** Forwards messages, in their order. @throws PeerError; RpcError */
  async forwardMessages(
    messages: readonly MessageRef[],
    peer: PeerLike,
    options?: ForwardMessagesOptions,
  ): Promise<Message[]> {
    const { forwardMessages } = await import('./methods/forward-messages.ts')
    return await forwardMessages(this, messages, peer, options)
  }

  /** The messages of a chat, the newest first; pages are read as the loop goes on. @throws PeerError; RpcError */
  history(peer: PeerLike, options?: HistoryOptions): AsyncGenerator<Message, void, undefined> {
    return later(async () => (await import('./methods/history.ts')).history(this, peer, options))
  }

  /** The list of chats; pages are read as the loop goes on. @throws RpcError */
  dialogs(options?: DialogsOptions): AsyncGenerator<Dialog, void, undefined> {
    return later(async () => (await import('./methods/dialogs.ts')).dialogs(this, options))
  }

  /** The members of a group or channel; pages are read as the loop goes on. @throws PeerError; RpcError */
  members(peer: PeerLike, options?: MembersOptions): AsyncGenerator<Member, void, undefined> {
    return later(async () => (await import('./methods/members.ts')).members(this, peer, options))
  }

  /** Searches the messages of all chats, the newest first. For one chat, give `search` to `history`. @throws RpcError */
  search(words: string, options?: SearchOptions): AsyncGenerator<Message, void, undefined> {
    return later(async () => (await import('./methods/search.ts')).search(this, words, options))
  }

  /** Asks the server for the account of this client. @throws RpcError AUTH_KEY_UNREGISTERED and others */
  async getMe(options?: CallLimits): Promise<User> {
    const { getMe } = await import('./methods/get-me.ts')
    return await getMe(this, options)
  }

  /** Marks the messages of a chat as read. @throws PeerError; RpcError */
  async markRead(peer: PeerLike, options?: MarkReadOptions): Promise<void> {
    const { markRead } = await import('./methods/mark-read.ts')
    await markRead(this, peer, options)
  }

  /** Shows the others in a chat that this account types, for six seconds. @throws PeerError; UsageError; RpcError */
  async setTyping(peer: PeerLike, action?: TypingAction, options?: CallLimits): Promise<void> {
    const { setTyping } = await import('./methods/set-typing.ts')
    await setTyping(this, peer, action, options)
  }

  /** Presses a button below a message, named by its text or data. @throws UsageError BUTTON_UNKNOWN; RpcError */
  async press(
    message: Message,
    button: string | { readonly data: string | Uint8Array },
    options?: CallLimits,
  ): Promise<PressAnswer> {
    const { press } = await import('./methods/press.ts')
    return await press(this, message, button, options)
  }

  /** Sets the commands in the menu of this bot, each with its description. @throws UsageError; RpcError */
  async setCommands(commands: Readonly<Record<string, string>>, options?: SetCommandsOptions): Promise<void> {
    const { setCommands } = await import('./methods/set-commands.ts')
    await setCommands(this, commands, options)
  }

  /** Reacts to a message; undefined takes the reaction away. @throws PeerError; RpcError */
  async react(message: MessageRef, reaction: ReactionLike | undefined, options?: CallLimits): Promise<void> {
    const { react } = await import('./methods/react.ts')
    await react(this, message, reaction, options)
  }

  /** Pins a message in its chat. @throws PeerError; RpcError */
  async pinMessage(message: MessageRef, options?: PinMessageOptions): Promise<void> {
    const { pinMessage } = await import('./methods/pin-message.ts')
    await pinMessage(this, message, options)
  }

  /** Takes a message off the pinned ones. @throws PeerError; RpcError */
  async unpinMessage(message: MessageRef, options?: CallLimits): Promise<void> {
    const { unpinMessage } = await import('./methods/pin-message.ts')
    await unpinMessage(this, message, options)
  }

  /** Sends a poll or a quiz. @throws PeerError; UsageError; RpcError */
  async sendPoll(
    peer: PeerLike,
    question: TextLike,
    answers: readonly TextLike[],
    options?: SendPollOptions,
  ): Promise<Message> {
    const { sendPoll } = await import('./methods/polls.ts')
    return await sendPoll(this, peer, question, answers, options)
  }

  /** Votes in a poll for the answers at these places, from 0. @throws PeerError; UsageError POLL_INVALID; RpcError */
  async vote(message: Message, answers: readonly number[], options?: CallLimits): Promise<void> {
    const { vote } = await import('./methods/polls.ts')
    await vote(this, message, answers, options)
  }

  /** Closes a poll of this account. @throws PeerError; UsageError POLL_INVALID; RpcError */
  async closePoll(message: Message, options?: CallLimits): Promise<void> {
    const { closePoll } = await import('./methods/polls.ts')
    await closePoll(this, message, options)
  }

  /** Changes the name, bio or username of the account. @throws RpcError */
  async updateProfile(changes: ProfileChanges, options?: CallLimits): Promise<User> {
    const { updateProfile } = await import('./methods/profile.ts')
    return await updateProfile(this, changes, options)
  }

  /** Makes a picture the photo of the account. @throws as the function `setProfilePhoto` does */
  async setProfilePhoto(file: FileSource, options?: UploadOptions): Promise<void> {
    const { setProfilePhoto } = await import('./methods/profile-photo.ts')
    await setProfilePhoto(this, file, options)
  }

  /** Deletes all photos of the account, and tells how many there were. @throws RpcError */
  async deleteProfilePhotos(options?: CallLimits): Promise<number> {
    const { deleteProfilePhotos } = await import('./methods/profile-photo.ts')
    return await deleteProfilePhotos(this, options)
  }

  /** Downloads the photo of a user or chat into a file; false if there is none. @throws PeerError; as `download` does */
  async downloadProfilePhoto(peer: PeerLike, path: string, options?: DownloadOptions): Promise<boolean> {
    const { downloadProfilePhoto } = await import('./methods/profile-photo.ts')
    return await downloadProfilePhoto(this, peer, path, options)
  }
}

/** Bytes that somebody else begins to read, once the first are asked for. */
async function* readLater(begin: () => Promise<AsyncGenerator<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* await begin()
}
