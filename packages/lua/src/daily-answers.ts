import {
  type DeleteMessagesOptions,
  type DialogsOptions,
  type DownloadOptions,
  type EditMessageOptions,
  type FileSource,
  type ForwardMessagesOptions,
  type HistoryOptions,
  html,
  type MarkReadOptions,
  type MembersOptions,
  type Message,
  type MessageRef,
  md,
  type PinMessageOptions,
  type ProfileChanges,
  type ReactionLike,
  type SearchOptions,
  type SendAlbumOptions,
  type SendableFile,
  type SendFileOptions,
  type SendMessageOptions,
  type SendPollOptions,
  type SetCommandsOptions,
  type TextLike,
  type TypingAction,
  type UploadOptions,
} from '@cablegram/client'
import type { DailyCall, DailyList } from './library/daily-shapes.ts'
import type { TextValue } from './library/host.ts'
import type { FileName, MessageName } from './marshal/names.ts'
import type { TlObject } from './marshal/read.ts'
import type { LuaClient } from './options.ts'
import type { ScriptFiles } from './script-files.ts'
import { plainOf, type ToldMessages } from './views.ts'

/** Lists that a script has open; the oldest ends when there are more. */
const MAX_LISTS = 100

/** Everything that daily calls of a script depend on. */
export interface DailyParts {
  readonly client: LuaClient
  readonly told: ToldMessages
  readonly files: ScriptFiles
  /** Bytes of a file that a script may have in memory. */
  readonly maxBytes: number
}

/** Makes the daily calls of one script. Their parameters fit `daily-shapes.ts`: the script's thread has read them. */
export class DailyAnswers {
  readonly #parts: DailyParts
  readonly #lists = new Map<number, AsyncIterator<unknown>>()
  #lastList = 0

  constructor(parts: DailyParts) {
    this.#parts = parts
  }

  /** Makes a call, and gives its answer as plain data. */
  async call(name: DailyCall, params: TlObject): Promise<unknown> {
    const call = this.#calls[name] as (params: TlObject) => Promise<unknown>
    return plainOf(await call(params), this.#parts.told)
  }

  /** Opens a list. @returns its number */
  open(name: DailyList, params: TlObject): number {
    const open = this.#openers[name] as (params: TlObject) => AsyncIterable<unknown>
    const list = open(params)[Symbol.asyncIterator]()
    this.#lastList += 1
    this.#lists.set(this.#lastList, list)
    const [oldest] = this.#lists.keys()
    if (this.#lists.size > MAX_LISTS && oldest !== undefined) this.#lists.delete(oldest)
    return this.#lastList
  }

  /** The next item of a list; undefined at its end. */
  async next(number: number): Promise<unknown> {
    const list = this.#lists.get(number)
    if (list === undefined) return undefined
    const { done, value } = await list.next()
    if (done === true) this.#lists.delete(number)
    return done === true ? undefined : plainOf(value, this.#parts.told)
  }

  async leave(number: number): Promise<void> {
    const list = this.#lists.get(number)
    this.#lists.delete(number)
    await list?.return?.()
  }

  /** A text with its formatting. Values are text, whatever is in them. */
  text(markup: 'md' | 'html', parts: readonly string[], values: readonly TextValue[]): unknown {
    // A template reads backslashes before letters as TypeScript does; Lua has read them already.
    const raw = parts.map((part) => part.replaceAll(/\\(?=[a-z])/gi, '\\\\'))
    const strings = Object.assign([...parts], { raw })
    return markup === 'md' ? md(strings, ...values) : html(strings, ...values)
  }

  readonly #calls: { readonly [Name in DailyCall]: (params: CallParams[Name]) => Promise<unknown> } = {
    send_message: ({ peer, text, ...options }) => this.#client.sendMessage(peer, text, options),
    send_file: async ({ peer, file, ...options }) =>
      this.#client.sendFile(peer, await this.#fileOf(file), options),
    send_album: async ({ peer, files, ...options }) =>
      this.#client.sendAlbum(peer, await Promise.all(files.map((file) => this.#fileOf(file))), options),
    upload_file: async ({ file, ...options }) => this.#client.uploadFile(await this.#sourceOf(file), options),
    download: async ({ message, path, ...options }) => {
      const what = await this.#messageOf(message)
      if (path === undefined) return await this.#bytesOf(what, options)
      return await this.#client.download(what, await this.#parts.files.pathOf(path), options)
    },
    edit_message: ({ message, text, ...options }) => this.#client.editMessage(refOf(message), text, options),
    delete_messages: ({ messages, ...options }) => this.#client.deleteMessages(messages.map(refOf), options),
    get_messages: ({ messages }) => this.#client.getMessages(messages.map(refOf)),
    forward_messages: ({ messages, peer, ...options }) =>
      this.#client.forwardMessages(messages.map(refOf), peer, options),
    resolve: ({ peer }) => this.#client.resolve(peer),
    get_me: () => this.#client.getMe(),
    mark_read: ({ peer, ...options }) => this.#client.markRead(peer, options),
    set_typing: ({ peer, action }) => this.#client.setTyping(peer, action),
    react: ({ message, reaction }) => this.#client.react(refOf(message), reactionOf(reaction)),
    pin_message: ({ message, ...options }) => this.#client.pinMessage(refOf(message), options),
    unpin_message: ({ message }) => this.#client.unpinMessage(refOf(message)),
    send_poll: ({ peer, question, answers, correct, ...options }) =>
      this.#client.sendPoll(peer, question, answers, {
        ...options,
        ...(correct !== undefined && { correct: correct - 1 }),
      }),
    // Lua counts from 1.
    vote: async ({ message, answers }) =>
      this.#client.vote(
        await this.#messageOf(message),
        answers.map((place) => place - 1),
      ),
    close_poll: async ({ message }) => this.#client.closePoll(await this.#messageOf(message)),
    press: async ({ message, button }) => this.#client.press(await this.#messageOf(message), button),
    set_commands: ({ commands, ...options }) => this.#client.setCommands(commands, options),
    stats: async () => this.#client.stats(),
    set_profile_photo: async ({ file, ...options }) =>
      this.#client.setProfilePhoto(await this.#sourceOf(file), options),
    delete_profile_photos: () => this.#client.deleteProfilePhotos(),
    download_profile_photo: async ({ peer, path, ...options }) =>
      this.#client.downloadProfilePhoto(peer, await this.#parts.files.pathOf(path), options),
    update_profile: (changes) => this.#client.updateProfile(changes),
  }

  readonly #openers: { readonly [Name in DailyList]: (params: ListParams[Name]) => AsyncIterable<unknown> } =
    {
      history: ({ peer, ...options }) => this.#client.history(peer, options),
      dialogs: (options) => this.#client.dialogs(options),
      members: ({ peer, ...options }) => this.#client.members(peer, options),
      search: ({ words, ...options }) => this.#client.search(words, options),
    }

  get #client(): LuaClient {
    return this.#parts.client
  }

  /** The message of that name; one that the script was not told of lately is asked for. */
  async #messageOf(name: MessageName): Promise<Message> {
    const told = this.#parts.told.find(name)
    if (told !== undefined) return told
    if (name.scheduledAtS !== undefined) throw new Error(`the message ${name.id} waits for its time`)
    const [message] = await this.#client.getMessages([refOf(name)])
    if (message !== undefined) return message
    throw new Error(`there is no message ${name.id} in the chat ${name.chatId}`)
  }

  async #fileOf(file: FileName): Promise<SendableFile> {
    return 'chatId' in file ? await this.#messageOf(file) : await this.#sourceOf(file)
  }

  async #sourceOf(file: FileName): Promise<FileSource> {
    if ('path' in file) return await this.#parts.files.pathOf(file.path)
    if ('bytes' in file) {
      // The bytes are the script's, and no other thread has them.
      const bytes = file.bytes as Uint8Array<ArrayBuffer>
      return file.name === undefined ? bytes : new File([bytes], file.name)
    }
    throw new Error('a message is no file to upload: send it with cablegram.send_file')
  }

  async #bytesOf(message: Message, options: DownloadOptions): Promise<Uint8Array> {
    const { maxBytes } = this.#parts
    const chunks: Uint8Array[] = []
    let length = 0
    for await (const chunk of this.#client.download(message, options)) {
      length += chunk.length
      if (length > maxBytes) {
        throw new Error(`the file is larger than ${maxBytes} bytes, the memory of the script: give a path`)
      }
      chunks.push(chunk)
    }
    const bytes = new Uint8Array(length)
    let at = 0
    for (const chunk of chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    return bytes
  }
}

interface InChat {
  readonly peer: string | bigint
}

interface OfMessage {
  readonly message: MessageName
}

interface OfMessages {
  readonly messages: readonly MessageName[]
}

/** The parameters of each call, as `daily-shapes.ts` has them read. */
interface CallParams {
  send_message: InChat & SendMessageOptions & { readonly text: TextLike }
  send_file: InChat & SendFileOptions & { readonly file: FileName }
  send_album: InChat & SendAlbumOptions & { readonly files: readonly FileName[] }
  upload_file: UploadOptions & { readonly file: FileName }
  download: OfMessage & DownloadOptions & { readonly path?: string }
  edit_message: OfMessage & EditMessageOptions & { readonly text: TextLike }
  delete_messages: OfMessages & DeleteMessagesOptions
  get_messages: OfMessages
  forward_messages: InChat & OfMessages & ForwardMessagesOptions
  resolve: InChat
  get_me: object
  mark_read: InChat & MarkReadOptions
  set_typing: InChat & { readonly action?: TypingAction }
  react: OfMessage & { readonly reaction?: unknown }
  pin_message: OfMessage & PinMessageOptions
  unpin_message: OfMessage
  send_poll: InChat & SendPollOptions & { readonly question: TextLike; readonly answers: readonly TextLike[] }
  vote: OfMessage & { readonly answers: readonly number[] }
  close_poll: OfMessage
  press: OfMessage & { readonly button: string | { readonly data: string } }
  set_commands: SetCommandsOptions & { readonly commands: Readonly<Record<string, string>> }
  stats: object
  set_profile_photo: UploadOptions & { readonly file: FileName }
  delete_profile_photos: object
  download_profile_photo: InChat & DownloadOptions & { readonly path: string }
  update_profile: ProfileChanges
}

interface ListParams {
  history: InChat & HistoryOptions
  dialogs: DialogsOptions
  members: InChat & MembersOptions
  search: SearchOptions & { readonly words: string }
}

function refOf({ id, chatId, scheduledAtS }: MessageName): MessageRef {
  return { id, chat: chatId, scheduledAtS }
}

/** A small number of a custom emoji is still a long. */
function reactionOf(reaction: unknown): ReactionLike | undefined {
  if (Array.isArray(reaction)) return reaction.map((each) => reactionOf(each) as string | bigint)
  return typeof reaction === 'number' ? BigInt(reaction) : (reaction as ReactionLike | undefined)
}
