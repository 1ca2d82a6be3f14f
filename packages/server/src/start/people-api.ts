import type {
  MessageName,
  MessagesQuery,
  MessageWait,
  NewPerson,
  NewPersonMessage,
  PeerName,
  PersonInfo,
  PersonMessage,
} from '../console/index.ts'

/** Somebody or something in a call: its name, or a person, a card or anything else with an `id`. */
export type Named = PeerName | { readonly id: number }

/** A message in a call: its id in the person's own box, or a message as anybody has it. */
export type OfMessage = MessageName

/** The parts of a message besides its receiver and its text. */
export type SendOptions = Omit<NewPersonMessage, 'to' | 'text' | 'replyTo'> & {
  readonly replyTo?: OfMessage | undefined
}

/** The messages of a chat to list. */
export type ListOptions = Omit<MessagesQuery, 'with'>

/** The message to wait for. */
export interface NextOptions extends Omit<MessageWait, 'with' | 'from' | 'afterId'> {
  readonly with?: Named | undefined
  readonly from?: Named | undefined
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
   */
  send(to: Named, text: string, options?: SendOptions): Promise<PersonMessage>
  /** The messages of a chat as the person has them, the oldest first: the last 100, or those after `afterId`. */
  messages(chat: Named, options?: ListOptions): Promise<PersonMessage[]>
  /**
   * The next message that the person receives, at once or when it comes. Each message is given once: the next call gives the
   * one after it.
   *
   * @throws {UsageError} MESSAGE_TIMEOUT if none came within 5 seconds, or `timeoutMs`
   * @example
   * const answer = await ada.next({ from: '@echo_bot', timeoutMs: 2000 })
   */
  next(options?: NextOptions): Promise<PersonMessage>
}
