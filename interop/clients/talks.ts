/**
 * The contract of a client whose people talk with each other. A chat is named by the id of its other person, or by the
 * negated id of a group; a message by its id in the client's own account.
 */
/** A message as the client has it; the text of a poll is its question. */
export interface Said {
  id: number
  text: string
}

/** Updates that the client hears by itself. */
export type Heard =
  | ({
      kind: 'message'
      chat: number
      out: boolean
      replyTo?: number
      isForward?: boolean
      media?: MediaKind
      /** Equal for the messages of an album. */
      album?: string
    } & Said)
  | ({ kind: 'edit'; chat: number } & Said)
  | { kind: 'delete'; ids: number[] }
  /** The other person has read up to this message of ours. */
  | { kind: 'read'; chat: number; upTo: number }
  | { kind: 'typing'; chat: number }
  | { kind: 'reaction'; chat: number; id: number; emoji: string }
  /** So many people have voted in a poll. */
  | { kind: 'votes'; voters: number }

/** Photos, voice notes and plain files. */
export type MediaKind = 'photo' | 'voice' | 'file'

/** A file of this machine that is sent with a text. */
export interface SentMedia {
  kind: MediaKind
  path: string
  caption: string
}

/** The acts of a person, with the client's own methods. */
export interface Talks {
  takeUsername(username: string): Promise<void>
  /** Finds a person by username. */
  find(username: string): Promise<number>
  /** Finds a person by adding a phone number to the contacts. */
  addContact(phone: string, firstName: string): Promise<number>
  write(chat: number, text: string, replyTo?: number): Promise<number>
  edit(chat: number, id: number, text: string): Promise<void>
  /** Deletes a message for everybody. */
  erase(chat: number, id: number): Promise<void>
  /** Marks everything in a chat as read. */
  read(chat: number): Promise<void>
  forward(from: number, id: number, to: number): Promise<void>
  type(chat: number): Promise<void>
  react(chat: number, id: number, emoji: string): Promise<void>
  /** Sends an anonymous poll. */
  poll(chat: number, question: string, answers: readonly string[]): Promise<number>
  /** Votes for an answer of a poll, counted from 0. */
  vote(chat: number, id: number, answer: number): Promise<void>
  /** Makes a group with these people. */
  makeGroup(title: string, people: readonly number[]): Promise<number>
  /** The newest messages of a chat, newest first; of a service message the text is empty. */
  history(chat: number): Promise<Said[]>
  /** Uploads a file and sends it. */
  sendMedia(chat: number, media: SentMedia): Promise<number>
  sendAlbum(chat: number, items: readonly SentMedia[]): Promise<void>
  /** Downloads the photo, voice note or file of a message into a file of this machine. */
  download(chat: number, id: number, path: string): Promise<void>
  setAvatar(path: string): Promise<void>
  /** Downloads the avatar of a person, as the client knows them now. */
  downloadAvatar(user: number, path: string): Promise<void>
  /** Writes an error into the log as the client does. */
  complain?(): Promise<void>
}

/** The names of the acts, for adapters that pass them on to another process. */
export const ACTS: readonly (keyof Talks)[] = [
  'takeUsername',
  'find',
  'addContact',
  'write',
  'edit',
  'erase',
  'read',
  'forward',
  'type',
  'react',
  'poll',
  'vote',
  'makeGroup',
  'history',
  'sendMedia',
  'sendAlbum',
  'download',
  'setAvatar',
  'downloadAvatar',
]

/** A question of the runner about talking. */
export interface TalkAsk {
  verb: 'talk'
  act: keyof Talks
  with: readonly unknown[]
}

/** The descriptor that answers and events are written to. */
export const ANSWERS_FD = 3

/** A part of an update: TypeScript libraries agree about its fields, but not about its numbers and the name's place. */
interface Part {
  _?: string
  className?: string
  [field: string]: unknown
}

/** Translates an update of a library whose fields are named as in the schema, in camel case. */
export function heardOf(update: unknown): Heard | undefined {
  const part = update as Part
  switch (nameOf(part)) {
    case 'updateNewMessage':
      return messageOf(part['message'] as Part)
    case 'updateEditMessage': {
      const { id, chat, text } = saidIn(part['message'] as Part)
      return { kind: 'edit', chat, id, text }
    }
    case 'updateDeleteMessages':
      return { kind: 'delete', ids: (part['messages'] as number[]).map(Number) }
    case 'updateReadHistoryOutbox':
      return { kind: 'read', chat: chatOf(part['peer']), upTo: Number(part['maxId']) }
    case 'updateUserTyping':
      return { kind: 'typing', chat: Number(part['userId']) }
    case 'updateChatUserTyping':
      return { kind: 'typing', chat: -Number(part['chatId']) }
    case 'updateMessageReactions':
      return reactionOf(part)
    case 'updateMessagePoll': {
      const { totalVoters } = part['results'] as { totalVoters?: number }
      return { kind: 'votes', voters: Number(totalVoters ?? 0) }
    }
    default:
      return undefined
  }
}

function messageOf(message: Part): Heard | undefined {
  if (nameOf(message) === 'messageEmpty') return undefined
  const replyTo = (message['replyTo'] as Part | undefined)?.['replyToMsgId']
  return {
    kind: 'message',
    ...saidIn(message),
    out: Boolean(message['out']),
    ...(replyTo ? { replyTo: Number(replyTo) } : {}),
    ...(message['fwdFrom'] ? { isForward: true } : {}),
    ...mediaIn(message),
  }
}

function mediaIn(message: Part): { media?: MediaKind; album?: string } {
  const media = (message['media'] ?? {}) as Part
  const album = message['groupedId'] ? { album: String(message['groupedId']) } : {}
  if (nameOf(media) === 'messageMediaPhoto') return { media: 'photo', ...album }
  if (nameOf(media) !== 'messageMediaDocument') return album
  const { attributes } = media['document'] as { attributes: readonly Part[] }
  const isVoice = attributes.some((each) => nameOf(each) === 'documentAttributeAudio' && each['voice'])
  return { media: isVoice ? 'voice' : 'file', ...album }
}

function saidIn(message: Part): Said & { chat: number } {
  return {
    chat: chatOf(message['peerId']),
    id: Number(message['id']),
    text: String(message['message'] || questionOf(message)),
  }
}

/** A text, and formatted from layer 180 on. */
function questionOf(message: Part): unknown {
  const { poll } = (message['media'] ?? {}) as { poll?: { question: string | { text: string } } }
  return typeof poll?.question === 'object' ? poll.question.text : (poll?.question ?? '')
}

function reactionOf(part: Part): Heard | undefined {
  const { results } = part['reactions'] as { results: { reaction: { emoticon?: string } }[] }
  const emoji = results[0]?.reaction.emoticon
  if (emoji === undefined) return undefined
  return { kind: 'reaction', chat: chatOf(part['peer']), id: Number(part['msgId']), emoji }
}

function chatOf(peer: unknown): number {
  const { userId, chatId } = peer as { userId?: number; chatId?: number }
  return userId === undefined ? -Number(chatId) : Number(userId)
}

function nameOf({ _: name, className }: Part): string {
  return name ?? `${className?.charAt(0).toLowerCase()}${className?.slice(1)}`
}
