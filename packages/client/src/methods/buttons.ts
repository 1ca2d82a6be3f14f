import { UsageError } from '@cablegram/tl'
import type { KeyboardButton, KeyboardButtonRow, ReplyMarkup } from '@cablegram/tl/api'

/** A button below a message. */
export type InlineButton =
  /** Tells the bot that it was pressed (`callbackQuery`), with at most 64 bytes of data. */
  | { readonly text: string; readonly data: string | Uint8Array }
  | { readonly text: string; readonly url: string }
  /** Begins an inline query in a chat that the user chooses. */
  | { readonly text: string; readonly switchInline: string }
  | { readonly text: string; readonly copy: string }

/** A key of the keyboard that a bot shows: its text is sent, or what it asks for. */
export type ReplyButton = string | { readonly text: string; readonly request: 'phone' | 'location' | 'poll' }

/**
 * Buttons of a message: rows of buttons below it, rows of keys in the place of the keyboard, `'remove'`, which takes those
 * keys away, `'forceReply'`, which makes the user's program reply, or the TL value.
 *
 * @example
 * ```ts
 * import type { Buttons } from '@cablegram/client'
 *
 * export const inline: Buttons = [
 *   [{ text: 'Yes', data: 'yes' }, { text: 'No', data: 'no' }],
 *   [{ text: 'Why?', url: 'https://example.org/why' }],
 * ]
 * export const keyboard: Buttons = { rows: [['Red', 'Blue'], [{ text: 'My number', request: 'phone' }]], once: true }
 * ```
 */
export type Buttons =
  | readonly (readonly (InlineButton | ReplyButton | KeyboardButton)[])[]
  | {
      readonly rows: readonly (readonly ReplyButton[])[]
      /** The keyboard goes once a key was pressed. */
      readonly once?: boolean | undefined
      /** Text in the empty field. */
      readonly placeholder?: string | undefined
    }
  | 'remove'
  | 'forceReply'
  | ReplyMarkup

/** Buttons as calls take them. @throws UsageError BUTTONS_INVALID */
export function replyMarkupOf(buttons: Buttons): ReplyMarkup {
  if (buttons === 'remove') return { _: 'replyKeyboardHide' }
  if (buttons === 'forceReply') return { _: 'replyKeyboardForceReply' }
  if (isRows(buttons)) return rowsOf(buttons)
  if (typeof buttons === 'object' && buttons !== null && '_' in buttons) return buttons
  if (typeof buttons !== 'object' || buttons === null || !Array.isArray(buttons.rows)) throw invalid()
  const { rows, once, placeholder } = buttons
  return {
    _: 'replyKeyboardMarkup',
    resize: true,
    ...(once === true && { singleUse: true }),
    ...(placeholder !== undefined && { placeholder }),
    rows: rows.map(rowOf),
  }
}

type Row = readonly (InlineButton | ReplyButton | KeyboardButton)[]

function isRows(buttons: Buttons): buttons is readonly Row[] {
  return Array.isArray(buttons)
}

function rowsOf(buttons: readonly Row[]): ReplyMarkup {
  if (!buttons.every((row) => Array.isArray(row))) throw invalid()
  const all = buttons.flat()
  const keys = all.filter(isKey)
  if (keys.length === 0) return { _: 'replyInlineMarkup', rows: buttons.map(rowOf) }
  if (keys.length === all.length) return { _: 'replyKeyboardMarkup', resize: true, rows: buttons.map(rowOf) }
  const message =
    'Buttons are either all below the message (data, url, switchInline, copy) or all on the keyboard (texts, request).'
  throw new UsageError('BUTTONS_INVALID', message)
}

function isKey(button: InlineButton | ReplyButton | KeyboardButton): boolean {
  if (typeof button === 'string') return true
  if (typeof button !== 'object' || button === null) throw invalid()
  return '_' in button ? KEYS.has(button._) : 'request' in button
}

const KEYS: ReadonlySet<string> = new Set<KeyboardButton['_']>([
  'keyboardButton',
  'keyboardButtonRequestPhone',
  'keyboardButtonRequestGeoLocation',
  'keyboardButtonRequestPoll',
  'keyboardButtonRequestPeer',
  'keyboardButtonSimpleWebView',
])

function rowOf(row: Row): KeyboardButtonRow {
  return { _: 'keyboardButtonRow', buttons: row.map(buttonOf) }
}

function buttonOf(button: InlineButton | ReplyButton | KeyboardButton): KeyboardButton {
  if (typeof button === 'string') return { _: 'keyboardButton', text: button }
  if (typeof button !== 'object' || button === null) throw invalid()
  if ('_' in button) return button
  const { text } = button
  if ('data' in button) return { _: 'keyboardButtonCallback', text, data: bytesOf(button.data) }
  if ('url' in button) return { _: 'keyboardButtonUrl', text, url: button.url }
  if ('switchInline' in button) return { _: 'keyboardButtonSwitchInline', text, query: button.switchInline }
  if ('copy' in button) return { _: 'keyboardButtonCopy', text, copyText: button.copy }
  if ('request' in button) return requestOf(button)
  throw invalid()
}

function requestOf({ text, request }: Exclude<ReplyButton, string>): KeyboardButton {
  switch (request) {
    case 'phone':
      return { _: 'keyboardButtonRequestPhone', text }
    case 'location':
      return { _: 'keyboardButtonRequestGeoLocation', text }
    case 'poll':
      return { _: 'keyboardButtonRequestPoll', text }
    default:
      throw invalid()
  }
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data
}

function invalid(): UsageError {
  const message =
    "The option `buttons` takes rows of buttons, such as [[{ text: 'Yes', data: 'yes' }]] or [['Red', 'Blue']], 'remove' or 'forceReply'."
  return new UsageError('BUTTONS_INVALID', message)
}
