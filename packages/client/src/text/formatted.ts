import { UsageError } from '@cablegram/tl'
import type { MessageEntity } from '@cablegram/tl/api'

/**
 * A text with its formatting. Offsets and lengths of entities are UTF-16 units, as in strings.
 *
 * @example
 * ```ts
 * import type { FormattedText } from '@cablegram/client'
 *
 * export const hello: FormattedText = {
 *   text: 'Hello',
 *   entities: [{ _: 'messageEntityBold', offset: 0, length: 5 }],
 * }
 * ```
 */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

/** A text as programs give it: plain, or `md`…`` and `html`…``, or with entities. Marks in a plain string stay as they are. */
export type TextLike = string | FormattedText

/** A text of either form. @throws UsageError TEXT_INVALID */
export function formattedOf(text: TextLike): FormattedText {
  if (typeof text === 'string') return { text, entities: [] }
  if (isFormatted(text)) return text
  throw new UsageError(
    'TEXT_INVALID',
    'A text is a string, md`…` or html`…`, or { text, entities }. Convert other values with String().',
  )
}

/** A text with its entities, which may have come from a program without types. */
export function isFormatted(value: unknown): value is FormattedText {
  const isObject = typeof value === 'object' && value !== null && 'text' in value && 'entities' in value
  return isObject && typeof value.text === 'string' && Array.isArray(value.entities)
}
