import type { Chat, Update, Updates, User, updates } from '@cablegram/tl/api'

/** An update with the users and chats that it names, as the server sent them. */
export interface UpdateEvent {
  readonly update: Update
  readonly users: readonly User[]
  readonly chats: readonly Chat[]
  /** It came in the answer to a call of this client. */
  readonly isOwn: boolean
}

/** The counter that an update stands in: the account's, that of secret chats and bots, a channel's, or none. */
export type Space = 'box' | 'qts' | 'state' | bigint

/** The place of an update in its counter. */
export interface Place {
  readonly space: Space
  /** The counter after the update; 0 without one. */
  readonly pts: number
  /** The events in it; 0: it changes nothing. */
  readonly count: number
}

/** The state up to which everything has been delivered: nothing of before is told again. */
export interface Cursor {
  readonly box: BoxCursor
  readonly channels: ReadonlyMap<bigint, ChannelCursor>
}

/** The part of a cursor about the account. */
export interface BoxCursor {
  readonly pts: number
  readonly qts: number
  readonly dateS: number
}

/** The part of a cursor about a channel. */
export interface ChannelCursor {
  readonly pts: number
  /** The highest id of a message that was told; 0: none was. */
  readonly topId: number
  /** The channel has more to tell: ask for its difference at the start. */
  readonly isBehind: boolean
}

/** The changes of a cursor: undefined deletes a channel. */
export interface CursorChanges {
  readonly box?: BoxCursor
  readonly channels: ReadonlyMap<bigint, ChannelCursor | undefined>
}

/** A request that the machine wants to be made. At most one about the account is on its way, and one about each channel. */
export type Ask =
  | { readonly of: 'state' }
  | {
      readonly of: 'difference'
      readonly pts: number
      readonly qts: number
      readonly dateS: number
      readonly ptsLimit: number | undefined
      readonly qtsLimit: number | undefined
    }
  | { readonly of: 'channel'; readonly channelId: bigint; readonly pts: number; readonly limit: number }

/** The reason for which a request has no answer. */
export type Failure =
  /** The server, or the connection, is not able to answer now. */
  | { readonly kind: 'later' }
  /** The server has named a time to wait. */
  | { readonly kind: 'wait'; readonly waitS: number }
  /** The server does not know the state that was asked with. */
  | { readonly kind: 'stateInvalid' }
  /** The channel is not to be asked about: the account has left it, or its access hash is not known. */
  | { readonly kind: 'noAccess' }
  /** The answer has something in it that this version cannot read. */
  | { readonly kind: 'unreadable' }
  /** The login has ended, or the client was closed. */
  | { readonly kind: 'ended' }
  /** The server refuses the request for another reason. */
  | { readonly kind: 'refused' }

/** The reason for which updates were lost. */
export type LossReason =
  /** The server keeps no events from so long ago. */
  | 'tooLong'
  /** The server does not know the state that the session has kept. */
  | 'stateInvalid'
  /** An update cannot be read by this version. */
  | 'unreadable'
  /** The account is not in the channel, or its access hash is not known. */
  | 'noAccess'
  /** Updates without a number came faster than the handlers took them. */
  | 'overflow'
  /** The server has refused to tell. */
  | 'refused'
  /** Numbers are missing that the server does not explain, though it was asked several times. */
  | 'unexplained'

/** A piece of news about the updates themselves. */
export type Health =
  /** Everything that the server has told is told. */
  | { readonly kind: 'current' }
  /** Something is missing, and has been asked for. */
  | { readonly kind: 'behind' }
  /** A request failed, and is repeated after a time. */
  | { readonly kind: 'waiting'; readonly waitMs: number; readonly failure: Failure; readonly ask: Ask['of'] }
  /** So many updates wait for their handlers that no more are asked for. */
  | { readonly kind: 'full'; readonly unconfirmed: number }
  /** Updates are lost for good. */
  | { readonly kind: 'lost'; readonly reason: LossReason; readonly channelId: bigint | undefined }
  /** The login has ended: the machine stands still. */
  | { readonly kind: 'ended' }

/** A step of the machine, as a trace takes it. */
export interface MachineStep {
  readonly nowMs: number
  readonly input: UpdatesInput
  /** The answers to the machine's questions about peers, in their order. */
  readonly knows: readonly boolean[]
  readonly outputs: readonly UpdatesOutput[]
  readonly wakeAtMs: number | undefined
}

export type UpdatesInput =
  /** The first input: the session is signed in. Without a cursor the machine begins at the present. */
  | { readonly kind: 'begin'; readonly cursor: Cursor | undefined }
  | { readonly kind: 'updates'; readonly updates: Updates; readonly isOwn?: boolean }
  /** The answer to a call of this client, which tells numbers only. */
  | { readonly kind: 'moved'; readonly space: Space; readonly pts: number; readonly count: number }
  /** Updates may be missing: a new session, or a push that this version cannot read. */
  | { readonly kind: 'missed'; readonly isUnreadable?: boolean }
  | { readonly kind: 'state'; readonly state: updates.State }
  | { readonly kind: 'difference'; readonly difference: updates.Difference }
  | {
      readonly kind: 'channelDifference'
      readonly channelId: bigint
      readonly difference: updates.ChannelDifference
    }
  | { readonly kind: 'failed'; readonly ask: Ask; readonly failure: Failure }
  /** The handlers of an update are done with it. */
  | { readonly kind: 'confirmed'; readonly token: number }
  | { readonly kind: 'wake' }

export type UpdatesOutput =
  /** Hand it to the handlers, in the order of the outputs, and say `confirmed` with the token. */
  | { readonly kind: 'tell'; readonly token: number; readonly event: UpdateEvent }
  | { readonly kind: 'ask'; readonly ask: Ask }
  /** Keep these. */
  | { readonly kind: 'save'; readonly changes: CursorChanges }
  | { readonly kind: 'health'; readonly health: Health }
