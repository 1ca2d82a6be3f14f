import type { MessageEntity } from '@cablegram/tl/api'

type Link =
  | Extract<MessageEntity, { _: 'messageEntityTextUrl' }>
  | Extract<MessageEntity, { _: 'messageEntityMentionName' }>

/** The entity of a link to an address: a mention for `tg://user?id=…`. */
export function linkOf(url: string, offset: number, length: number): Link {
  const userId = /^tg:\/\/user\?id=([1-9]\d{0,18})$/.exec(url)?.[1]
  return userId === undefined
    ? { _: 'messageEntityTextUrl', offset, length, url }
    : { _: 'messageEntityMentionName', offset, length, userId: BigInt(userId) }
}

/** The number of the document that is a custom emoji; undefined for any other address. */
export function emojiOf(url: string): bigint | undefined {
  const id = /^tg:\/\/emoji\?id=(-?[1-9]\d{0,18})$/.exec(url)?.[1]
  return id === undefined ? undefined : BigInt(id)
}

/** The address that stands for a link, mention or custom emoji; undefined for other entities. */
export function addressOf(entity: MessageEntity): string | undefined {
  switch (entity._) {
    case 'messageEntityTextUrl':
      return entity.url
    case 'messageEntityMentionName':
      return `tg://user?id=${entity.userId}`
    case 'messageEntityCustomEmoji':
      return `tg://emoji?id=${entity.documentId}`
    default:
      return undefined
  }
}
