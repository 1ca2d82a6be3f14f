import type { TelegramClient } from '@cablegram/client'

/** The part of a client that scripts use; a `TelegramClient` has it. */
export type LuaClient = Pick<
  TelegramClient,
  | 'app'
  | 'call'
  | 'closePoll'
  | 'connect'
  | 'deleteMessages'
  | 'deleteProfilePhotos'
  | 'dialogs'
  | 'download'
  | 'downloadProfilePhoto'
  | 'editMessage'
  | 'forwardMessages'
  | 'getMe'
  | 'getMessages'
  | 'history'
  | 'markRead'
  | 'members'
  | 'on'
  | 'onUpdate'
  | 'pinMessage'
  | 'press'
  | 'react'
  | 'resolve'
  | 'search'
  | 'sendAlbum'
  | 'sendFile'
  | 'sendMessage'
  | 'sendPoll'
  | 'setCommands'
  | 'setProfilePhoto'
  | 'setTyping'
  | 'start'
  | 'stats'
  | 'unpinMessage'
  | 'updateProfile'
  | 'uploadFile'
  | 'vote'
>

/** A question of a script to a person. */
export interface LuaQuestion {
  readonly text: string
  /** The answer is a secret: a terminal does not show it. */
  readonly isHidden: boolean
  /** Aborts when the script ends. */
  readonly signal: AbortSignal
}

/** Options of a script. */
export interface LuaOptions {
  /** The name of the script in places such as `bot.lua:3:`. Default: `script`. */
  readonly name?: string | undefined
  /** The folder that `require` may read, with the folders in it. Default: none, `require` finds nothing. */
  readonly folder?: string | undefined
  /** The folder of files that the script may send, and to which it may download. Default: none; it has only bytes. */
  readonly files?: string | undefined
  /** Arguments: `cablegram.args`, and `...`. */
  readonly args?: readonly string[] | undefined
  /** Takes what the script prints, a line at a time. Default: standard output. */
  readonly print?: ((line: string) => void) | undefined
  /** Asks a person, for `cablegram.ask` and `cablegram.start`; undefined is no answer. Default: nobody answers. */
  readonly ask?: ((question: LuaQuestion) => Promise<string | undefined>) | undefined
  /** Ends the script at once, whatever it does. */
  readonly signal?: AbortSignal | undefined
  /** Memory of everything that the script makes, from 1 MiB to 1 GiB. Default: 256 MiB. */
  readonly maxMemoryBytes?: number | undefined
  /** Instructions of Lua that the script may take, counted in steps of 10,000. Default: no limit. */
  readonly maxInstructions?: number | undefined
  /**
   * How long the script may compute without a call or a sleep. It ends what no count of instructions
   * can: one search for a pattern is one instruction. Default: no limit.
   */
  readonly maxComputeMs?: number | undefined
  /** Randomness, for `math.random` and proofs of passwords. Default: the machine's. */
  readonly random?: ((length: number) => Uint8Array) | undefined
  /** The timer of `cablegram.sleep`. Default: the machine's. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined
}
