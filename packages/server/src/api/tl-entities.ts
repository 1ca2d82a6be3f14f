import type { InputUser, MessageEntity } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { DatePart, TextEntity } from '../rules/messages/words.ts'

/** Kinds that have only a place, in both directions. */
const PLAIN = {
  bold: 'messageEntityBold',
  italic: 'messageEntityItalic',
  underline: 'messageEntityUnderline',
  strike: 'messageEntityStrike',
  spoiler: 'messageEntitySpoiler',
  code: 'messageEntityCode',
  mention: 'messageEntityMention',
  hashtag: 'messageEntityHashtag',
  cashtag: 'messageEntityCashtag',
  botCommand: 'messageEntityBotCommand',
  url: 'messageEntityUrl',
  email: 'messageEntityEmail',
  phone: 'messageEntityPhone',
  bankCard: 'messageEntityBankCard',
  diffInsert: 'messageEntityDiffInsert',
  diffDelete: 'messageEntityDiffDelete',
} as const satisfies Readonly<Record<string, MessageEntity['_']>>

type PlainKind = keyof typeof PLAIN
type PlainName = (typeof PLAIN)[PlainKind]

const PLAIN_KINDS: ReadonlyMap<string, PlainKind> = new Map(
  Object.entries(PLAIN).map(([kind, name]) => [name, kind as PlainKind]),
)

const DATE_PARTS: readonly DatePart[] = [
  'relative',
  'shortTime',
  'longTime',
  'shortDate',
  'longDate',
  'dayOfWeek',
]

/** Formatting in TL. Layers that lack a kind leave it out. */
export function tlEntities(entities: readonly TextEntity[]): MessageEntity[] {
  return entities.map(tlEntity)
}

function tlEntity(entity: TextEntity): MessageEntity {
  const { offset, length } = entity
  switch (entity.kind) {
    case 'pre':
      return { _: 'messageEntityPre', offset, length, language: entity.language }
    case 'textUrl':
      return { _: 'messageEntityTextUrl', offset, length, url: entity.url }
    case 'mentionName':
      return { _: 'messageEntityMentionName', offset, length, userId: entity.userId }
    case 'customEmoji':
      return { _: 'messageEntityCustomEmoji', offset, length, documentId: entity.documentId }
    case 'blockquote':
      return { _: 'messageEntityBlockquote', offset, length, ...(entity.isCollapsed && { collapsed: true }) }
    case 'diffReplace':
      return { _: 'messageEntityDiffReplace', offset, length, oldText: entity.oldText }
    case 'date': {
      const parts = Object.fromEntries(entity.parts.map((part) => [part, true] as const))
      return { _: 'messageEntityFormattedDate', offset, length, date: entity.dateS, ...parts }
    }
    default:
      return { _: PLAIN[entity.kind], offset, length }
  }
}

/**
 * A client's formatting.
 *
 * @param userIdOf finds a user that an entity names; undefined: the caller cannot name that one
 * @throws {RpcError} ENTITY_MENTION_USER_INVALID
 */
export async function textEntities(
  entities: readonly MessageEntity[],
  userIdOf: (user: InputUser) => Promise<bigint | undefined>,
): Promise<TextEntity[]> {
  const texts: TextEntity[] = []
  for (const entity of entities) {
    const { offset, length } = entity
    if (entity._ !== 'inputMessageEntityMentionName') texts.push(...textEntity(entity))
    else {
      const userId = await userIdOf(entity.userId)
      if (userId === undefined) throw refusal('ENTITY_MENTION_USER_INVALID')
      texts.push({ kind: 'mentionName', offset, length, userId })
    }
  }
  return texts
}

/** Formatting without anybody's name. */
function textEntity(
  entity: Exclude<MessageEntity, { _: 'inputMessageEntityMentionName' }>,
): readonly TextEntity[] {
  const { offset, length } = entity
  switch (entity._) {
    case 'messageEntityPre':
      return [{ kind: 'pre', offset, length, language: entity.language }]
    case 'messageEntityTextUrl':
      return entity.url === '' ? [] : [{ kind: 'textUrl', offset, length, url: entity.url }]
    case 'messageEntityCustomEmoji':
      return [{ kind: 'customEmoji', offset, length, documentId: entity.documentId }]
    case 'messageEntityBlockquote':
      return [{ kind: 'blockquote', offset, length, isCollapsed: entity.collapsed === true }]
    case 'messageEntityDiffReplace':
      return [{ kind: 'diffReplace', offset, length, oldText: entity.oldText }]
    case 'messageEntityFormattedDate': {
      const parts = DATE_PARTS.filter((part) => entity[part] === true)
      return [{ kind: 'date', offset, length, dateS: entity.date, parts }]
    }
    // The server sends this one, and clients say whom they mean with an access hash.
    case 'messageEntityMentionName':
    case 'messageEntityUnknown':
      return []
    default:
      return [{ kind: plainKind(entity._), offset, length }]
  }
}

function plainKind(name: PlainName): PlainKind {
  const kind = PLAIN_KINDS.get(name)
  if (kind === undefined) throw new TypeError(`no kind for ${name}`)
  return kind
}
