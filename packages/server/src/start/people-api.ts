import type {
  ButtonPressed,
  CallsQuery,
  EventKind,
  EventWait,
  IdleWait,
  MessageDeletion,
  MessageEdit,
  MessageName,
  MessagesQuery,
  MessageWait,
  NewGroupInfo,
  NewLink,
  NewPerson,
  NewPersonAlbum,
  NewPersonFile,
  NewPersonMedia,
  NewPersonMessage,
  PeerCard,
  PeerName,
  PersonCall,
  PersonChat,
  PersonEvent,
  PersonInfo,
  PersonMessage,
  PressOutcome,
  PressReply,
  PressWaiting,
  TypingAction,
} from '../console/index.ts'

/** Somebody or something in a call: its name, or a person, a card or anything else with an `id`. */
export type Named = PeerName | { readonly id: number }

/** Something to send besides text; a file has its bytes or its path here. */
export interface PersonMedia extends NewPersonMedia {
  /** Bytes, or the path of a file, which is sent under its own name. Default: a small file for tests. */
  readonly file?: Uint8Array | string | URL | undefined
}

/** A file of an album, with its bytes or its path. */
export type PersonFile = NewPersonFile & Pick<PersonMedia, 'file'>

/** The parts of an album besides its receiver and its files. */
export type AlbumOptions = Omit<NewPersonAlbum, 'to' | 'media'>

/** The parts of a message besides its receiver and its text. */
export interface SendOptions extends Omit<NewPersonMessage, 'to' | 'text' | 'media'> {
  readonly media?: PersonMedia | undefined
}

/** The parts of a file to read. */
export interface DownloadOptions {
  /** The letter of a size. Default: the whole file, or the largest size of a photo. */
  readonly size?: string | undefined
}

/** The place where a bot starts. */
export interface StartOptions {
  /** A group, which the bot joins if need be. Default: the chat with the bot. */
  readonly chat?: Named | undefined
}

/** The answer of a bot to a press: nothing, a note, or a text that waits until it is confirmed. */
export type PressAnswer = Omit<PressReply, 'pressId'>

/** The parts of a press besides the button. */
export interface PressOptions {
  /** Of a button that asks for people or a group: the chosen ones. */
  readonly peers?: readonly Named[] | undefined
}

/** The parts of an edit besides the text. */
export type EditOptions = Omit<MessageEdit, 'messageId' | 'text'>

/** The people from whom messages are taken. */
export type DeleteOptions = Omit<MessageDeletion, 'messageIds'>

/** The options of a link to a group. */
export type LinkOptions = Omit<NewLink, 'chat'>

/** The messages of a chat to list. */
export type ListOptions = Omit<MessagesQuery, 'with'>

/** The message to wait for. */
export interface NextOptions extends Omit<MessageWait, 'with' | 'from' | 'afterId'> {
  readonly with?: Named | undefined
  readonly from?: Named | undefined
}

/** The event to wait for. */
export interface NextEventOptions extends Omit<EventWait, 'kind' | 'with' | 'from' | 'messageId' | 'after'> {
  /** Only in this chat. */
  readonly with?: Named | undefined
  /** Only by this author. */
  readonly from?: Named | undefined
  /** Only about this message. */
  readonly message?: MessageName | undefined
}

/** People to act as, without a client: a test writes as them, and waits for what they are told. */
export interface PeopleApi {
  /**
   * Makes somebody to act as. A number or the name of a bot that is left out is made up.
   *
   * @throws {UsageError} PHONE_NUMBER_OCCUPIED, USERNAME_OCCUPIED, PHONE_NUMBER_INVALID, USERNAME_INVALID
   * @example
   * const ada = await server.people.create({ firstName: 'Ada' })
   * const { token } = await server.people.create({ firstName: 'Echo', username: 'echo_bot', bot: true })
   */
  create(person: NewPerson): Promise<Person>
  /**
   * Acts as an account that exists, by its id, @username or +phone.
   *
   * @throws {UsageError} PERSON_NOT_FOUND
   */
  get(name: Named): Promise<Person>
  /** All accounts: people, then bots. */
  list(): Promise<PersonInfo[]>
}

/**
 * Somebody to act as: an account with everything that holds for it, such as its blocks and its rights in groups. The server
 * refuses what it would refuse a client, with the same name.
 *
 * @example
 * const ada = await server.people.create({ firstName: 'Ada' })
 * await ada.send('@echo_bot', 'Hello')
 * const answer = await ada.next({ from: '@echo_bot' })
 */
export interface Person extends PersonInfo {
  /** Of a bot that was just made. */
  readonly token?: string | undefined
  /**
   * Writes a message.
   *
   * @example
   * await ada.send('@bob', 'Hi')
   * await ada.send('@bob', '', { media: { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] } })
   * await ada.send('@bob', 'A small test picture', { media: { kind: 'photo' } })
   * await ada.send('@bob', '', { media: { kind: 'document', file: './report.pdf' } })
   */
  send(to: Named, text: string, options?: SendOptions): Promise<PersonMessage>
  /**
   * Sends up to ten files together: photos and videos, documents, or audio files. A text stands under the first.
   *
   * @example
   * await ada.sendAlbum('@bob', [{ kind: 'photo' }, { kind: 'photo', file: './tea.jpg' }], { text: 'Tea' })
   */
  sendAlbum(to: Named, media: readonly PersonFile[], options?: AlbumOptions): Promise<PersonMessage[]>
  /**
   * Starts a bot: in its own chat, or in a group with `chat`.
   *
   * @example
   * await ada.start('@echo_bot', 'from-the-website')
   */
  start(bot: Named, payload?: string, options?: StartOptions): Promise<PersonMessage>
  /**
   * Presses a button, by its text or by its data. A button with data waits for the bot's answer, ten seconds at most.
   *
   * @throws {UsageError} BUTTON_NOT_FOUND, BOT_RESPONSE_TIMEOUT
   * @example
   * const { text } = await ada.press(await ada.next(), 'Yes')
   * await ada.press(await ada.next(), 'Choose a friend', { peers: [bob] })
   */
  press(
    message: MessageName,
    button: string | { readonly data: string },
    options?: PressOptions,
  ): Promise<PressOutcome>
  /**
   * The next press of a button of this bot's, at once or when it comes. Each press is given once.
   *
   * @throws {UsageError} PRESS_TIMEOUT if none came within 5 seconds, or `timeoutMs`
   */
  nextPress(options?: PressWaiting): Promise<ButtonPressed>
  /**
   * The calls that the account's clients have made since the test first acted as it, the oldest first: the last 1,000, with
   * their answers. With several nodes, those that were made to this one.
   *
   * @example
   * const refused = bot.calls().filter(({ state }) => state === 'refused')
   */
  calls(options?: CallsQuery): PersonCall[]
  /**
   * Waits until all news has gone out to the account's clients, their calls are over, and nothing has happened for 50 ms, or
   * `quietMs`. A test needs no sleeps to see that a bot does not answer.
   *
   * @throws {UsageError} IDLE_TIMEOUT if something still goes on after 5 seconds, or `timeoutMs`; the text says what
   * @example
   * await ada.send('@echo_bot', '')
   * await bot.idle()
   */
  idle(options?: IdleWait): Promise<void>
  /** Answers a press of a button of this bot's. */
  answer(press: Pick<ButtonPressed, 'id'>, answer?: PressAnswer): Promise<void>
  /** Changes the text of one of the person's messages. */
  edit(message: MessageName, text: string, options?: EditOptions): Promise<PersonMessage>
  /** Takes messages away: from everybody, or with `forAll: false` from the person alone. */
  delete(messages: MessageName | readonly MessageName[], options?: DeleteOptions): Promise<void>
  /** Forwards messages of one chat to another. */
  forward(messages: MessageName | readonly MessageName[], to: Named): Promise<PersonMessage[]>
  /**
   * Reacts to a message; null takes the reaction back.
   *
   * @example
   * await bob.react(sent, '👍')
   */
  react(message: MessageName, emoji: string | null): Promise<PersonMessage>
  /**
   * Votes in a poll, by texts of answers or their places from 0; an empty list takes the votes back.
   *
   * @example
   * const { media } = await bob.vote(poll, ['Yes'])
   */
  vote(message: MessageName, options: readonly (string | number)[]): Promise<PersonMessage>
  /** Pins a message for everybody in its chat; false unpins it. */
  pin(message: MessageName, isPinned?: boolean): Promise<void>
  /** Marks what others wrote in a chat as read: all, or up to a message. */
  read(chat: Named, upTo?: MessageName): Promise<void>
  /** Shows the others in a chat that the person writes. */
  type(chat: Named, action?: TypingAction): Promise<void>
  /** Blocks somebody; false ends that. */
  block(user: Named, isBlocked?: boolean): Promise<void>
  /** The chats of the person, the newest first: at most 100. */
  chats(): Promise<PersonChat[]>
  /**
   * Makes a group.
   *
   * @example
   * const group = await ada.createGroup('Tea', [bob, '@cleo'])
   * await bob.send(group, 'Hello, all')
   */
  createGroup(title: string, members: readonly Named[]): Promise<NewGroupInfo>
  /** Brings somebody into a group. */
  add(group: Named, user: Named): Promise<void>
  /** Takes somebody out of a group. */
  remove(group: Named, user: Named): Promise<void>
  /** Makes a member of a group an admin; false ends that. */
  promote(group: Named, user: Named, isAdmin?: boolean): Promise<void>
  /** Makes a link to a group. */
  link(group: Named, options?: LinkOptions): Promise<string>
  /** Joins a group by a link. */
  join(link: string): Promise<PeerCard>
  /** Leaves a group. */
  leave(group: Named): Promise<void>
  /** The messages of a chat as the person has them, the oldest first: the last 100, or those after `afterId`. */
  messages(chat: Named, options?: ListOptions): Promise<PersonMessage[]>
  /**
   * The bytes of the file of a message.
   *
   * @throws {UsageError} FILE_NOT_FOUND, SIZE_NOT_FOUND, MESSAGE_ID_INVALID
   * @example
   * const picture = await bob.download(await bob.next({ media: 'photo' }))
   */
  download(message: MessageName, options?: DownloadOptions): Promise<Uint8Array>
  /**
   * The next message that the person receives, at once or when it comes. Each message is given once: the next call gives the
   * one after it.
   *
   * @throws {UsageError} MESSAGE_TIMEOUT if none came within 5 seconds, or `timeoutMs`
   * @example
   * const answer = await ada.next({ from: '@echo_bot', timeoutMs: 2000 })
   */
  next(options?: NextOptions): Promise<PersonMessage>
  /**
   * The next event of a kind that the person hears of, at once or when it comes. Each is given once.
   *
   * @throws {UsageError} EVENT_TIMEOUT if none came within 5 seconds, or `timeoutMs`
   * @example
   * const { message } = await ada.nextEvent('edit', { with: '@echo_bot' })
   */
  nextEvent(kind: EventKind, options?: NextEventOptions): Promise<PersonEvent>
}
