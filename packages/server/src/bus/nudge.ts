/**
 * News that the bus carries between parts of the server and between nodes: what has changed, never its content. Plain
 * JSON; 64-bit ids are decimal strings. A subscriber reads the store, so that a lost nudge costs time and nothing else.
 */
export type Nudge =
  /**
   * Events up to this pts are in the log of a box: the last `ptsCount` of them, or the last one, are new. Changes without a
   * pts are there up to `sideSeq`, if there are new ones.
   */
  | {
      readonly kind: 'box'
      readonly boxId: string
      readonly pts: number
      readonly ptsCount?: number | undefined
      readonly sideSeq?: number | undefined
    }
  /** The record of a permanent key has changed: its client, its login, or that it is gone. */
  | { readonly kind: 'key'; readonly authKeyId: string }
  /** An entry is in the inbox. */
  | { readonly kind: 'inbox'; readonly seq: number }
  /** An account has a new login, or one was confirmed by `byAuthKeyId`, which knows of it. */
  | {
      readonly kind: 'login'
      readonly boxId: string
      readonly hash: string
      readonly byAuthKeyId?: string | undefined
    }
  /** Somebody has accepted the QR code that this key shows. */
  | { readonly kind: 'loginToken'; readonly authKeyId: string }
  /** The operator has confirmed the payment for a code of this key, and the code was sent. */
  | { readonly kind: 'paidCode'; readonly authKeyId: string; readonly phone: string }
  /** Somebody writes, or does something else, in a chat of this box: true for six seconds. */
  | {
      readonly kind: 'typing'
      readonly boxId: string
      /** The chat, as the box has it. */
      readonly peerId: string
      readonly fromId: string
      readonly action: string
      /** Of an upload, in percent. */
      readonly progress?: number | undefined
    }
  /** Events of a bot are in its log, up to this qts. */
  | { readonly kind: 'botEvent'; readonly botId: string; readonly qts: number }
  /** A bot has answered the press of a button. */
  | { readonly kind: 'botAnswer'; readonly queryId: string }
  /** Somebody has gone online or offline, or shows it to others than before. */
  | { readonly kind: 'status'; readonly userId: string }
  /** The last connection of an account to a node has closed: a node to which it has another one says that it is there. */
  | { readonly kind: 'leaving'; readonly userId: string }
  /** There is something to do at this second: a message to send, a poll to close. */
  | { readonly kind: 'due'; readonly atS: number }
  /** Faults were added, used up or removed. */
  | { readonly kind: 'faults' }
  /** The test clock was moved. */
  | { readonly kind: 'clock' }
  /** Everything but apps and keys was deleted. */
  | { readonly kind: 'reset' }
  /** Anything may have changed, because nudges may have been lost. */
  | { readonly kind: 'anything' }

const LONG = /^-?\d{1,20}$/
const MAX_TEXT = 32

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value)
const isNumberOrAbsent = (value: unknown): boolean => value === undefined || isNumber(value)
const isLong = (value: unknown): boolean => typeof value === 'string' && LONG.test(value)
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_TEXT
const isLongOrAbsent = (value: unknown): boolean => value === undefined || isLong(value)

/** The fields of each kind. */
const FIELDS: { readonly [K in Nudge['kind']]: Readonly<Record<string, Check>> } = {
  box: { boxId: isLong, pts: isNumber, ptsCount: isNumberOrAbsent, sideSeq: isNumberOrAbsent },
  key: { authKeyId: isLong },
  inbox: { seq: isNumber },
  login: { boxId: isLong, hash: isLong, byAuthKeyId: isLongOrAbsent },
  loginToken: { authKeyId: isLong },
  paidCode: { authKeyId: isLong, phone: isText },
  typing: { boxId: isLong, peerId: isLong, fromId: isLong, action: isText, progress: isNumberOrAbsent },
  botEvent: { botId: isLong, qts: isNumber },
  botAnswer: { queryId: isLong },
  status: { userId: isLong },
  leaving: { userId: isLong },
  due: { atS: isNumber },
  faults: {},
  clock: {},
  reset: {},
  anything: {},
}

type Check = (value: unknown) => boolean

/** Tells whether the value of another node is a nudge. Newer versions may send kinds and fields that this one does not know. */
export function isNudge(value: unknown): value is Nudge {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  const { kind } = value
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const checks = Object.entries<Check>(Object.entries(FIELDS).find(([name]) => name === kind)?.[1] ?? {})
  return checks.every(([name, check]) => check(fields[name]))
}
