import { UsageError } from '@cablegram/tl'
import type { MessageEntity } from '@cablegram/tl/api'
import { type FormattedText, isFormatted } from './formatted.ts'

/** A value in a template: it is never read as formatting. A formatted text keeps its own, and a user becomes a mention. */
export type Interpolated =
  | string
  | number
  | bigint
  | FormattedText
  | { readonly kind: 'user'; readonly id: bigint; readonly title: string }

/** Text that is to be parsed, with values at some places. */
export interface Source {
  /** Has one character in the place of each value. */
  readonly text: string
  /** By their place in the text. */
  readonly values: ReadonlyMap<number, FormattedText>
}

/** Stands where a value is; the same character elsewhere is text. */
const PLACE = '\uFFFC'

/** A text without values. */
export function sourceOf(text: string): Source {
  return { text, values: new Map() }
}

/** Puts the strings and values of a template together. @throws UsageError TEXT_INVALID */
export function sourceOfTemplate(strings: readonly string[], values: readonly Interpolated[]): Source {
  const places = new Map<number, FormattedText>()
  let text = strings[0] ?? ''
  values.forEach((value, index) => {
    places.set(text.length, formattedValue(value))
    text += PLACE + (strings[index + 1] ?? '')
  })
  return { text, values: places }
}

function formattedValue(value: Interpolated): FormattedText {
  if (typeof value === 'string') return { text: value, entities: [] }
  if (typeof value === 'number' || typeof value === 'bigint') return { text: String(value), entities: [] }
  if (isFormatted(value)) return value
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'user') {
    const { title, id } = value
    const mention: MessageEntity = {
      _: 'messageEntityMentionName',
      offset: 0,
      length: title.length,
      userId: id,
    }
    return { text: title, entities: title === '' ? [] : [mention] }
  }
  const message = `A template takes strings, numbers, bigints, formatted texts and users, not ${value === null ? 'null' : typeof value}. Convert other values with String().`
  throw new UsageError('TEXT_INVALID', message)
}

/** The text of a part of a source, values included, for places that hold no formatting: code and addresses. */
export function plainOf({ text, values }: Source, from: number, to: number): string {
  let plain = ''
  for (let at = from; at < to; at += 1) plain += values.get(at)?.text ?? text[at]
  return plain
}

/** A formatted text that grows. */
export class TextBuilder {
  text = ''
  readonly entities: MessageEntity[] = []

  append(text: string): void {
    this.text += text
  }

  appendFormatted({ text, entities }: FormattedText): void {
    const at = this.text.length
    for (const entity of entities) this.entities.push({ ...entity, offset: entity.offset + at })
    this.text += text
  }
}
