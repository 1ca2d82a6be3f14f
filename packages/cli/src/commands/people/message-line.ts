import { localTime, printable, table } from '../../print.ts'

/** A chat or an author of a message. */
export interface Card {
  readonly id: number
  readonly name: string
  readonly username?: string
}

/** A message as the console has it. */
export interface Message {
  readonly id: number
  readonly chat: Card
  readonly from: Card
  readonly text: string
  readonly dateS: number
  readonly media?: {
    readonly kind: string
    readonly question?: string
    readonly emoji?: string
    readonly fileName?: string
    readonly bytes?: number
  }
  readonly buttons?: readonly (readonly { readonly text: string }[])[]
  readonly reactions?: readonly { readonly emoji: string; readonly count: number }[]
  readonly service?: { readonly kind: string }
}

/** Messages as lines: id, time, author, text. */
export function messageLines(messages: readonly Message[]): string {
  return table(
    messages.map((message) => [
      String(message.id),
      localTime(message.dateS),
      cardName(message.from),
      messageContent(message),
    ]),
  )
}

/** The name of a chat or of an author. */
export function cardName({ id, name, username }: Card): string {
  if (username !== undefined) return `@${username}`
  return name === '' ? String(id) : printable(name)
}

/** The text of a message, its media, buttons and reactions, on one line. */
export function messageContent({ text, media, buttons, reactions, service }: Message): string {
  const parts = [
    text.replace(/\s+/g, ' '),
    media === undefined ? '' : `(${[media.kind, aboutMedia(media)].filter(Boolean).join(': ')})`,
    service === undefined ? '' : `(${service.kind})`,
    ...(buttons ?? []).flat().map((button) => `[${button.text}]`),
    ...(reactions ?? []).map(({ emoji, count }) => `${emoji} ${count}`),
  ]
  return printable(parts.filter((part) => part !== '').join(' '))
}

function aboutMedia({ question, emoji, fileName, bytes }: NonNullable<Message['media']>): string | undefined {
  if (bytes === undefined) return question ?? emoji
  return [fileName, `${bytes} bytes`].filter(Boolean).join(', ')
}
