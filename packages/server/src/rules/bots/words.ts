/** The words of bots: what starts them, and presses of their buttons. */
import type { PeerId } from '../messages/words.ts'

/** A start of a bot. */
export interface BotStart {
  readonly botId: bigint
  /** The bot, or the group that it is to start in. */
  readonly peerId: PeerId
  /** What the bot is told and nobody else. */
  readonly param: string
  readonly randomId: bigint
}

/** A press of a button under a bot's message. */
export interface Press {
  readonly peerId: PeerId
  readonly messageId: number
  /** Of the button. */
  readonly data: Uint8Array
  /** For buttons that ask for the password. Undefined: the client gives none. */
  readonly password?: GivenPassword | undefined
}

/** The answer of a client to a password question, as in SRP. */
export interface GivenPassword {
  readonly srpId: bigint
  readonly a: Uint8Array
  readonly m1: Uint8Array
}

/** A press as the bot is told of it. */
export interface PressQuery {
  readonly queryId: bigint
  readonly userId: bigint
  /** The message, as the bot's box has it. */
  readonly peerId: PeerId
  readonly messageId: number
  readonly data: Uint8Array
  /** The same for all presses in a chat. */
  readonly chatInstance: bigint
}

/** The answer of a bot to a press. */
export interface PressAnswer {
  readonly message: string | undefined
  readonly isAlert: boolean
  readonly url: string | undefined
  /** Seconds for which a client may keep it. */
  readonly cacheS: number
}
