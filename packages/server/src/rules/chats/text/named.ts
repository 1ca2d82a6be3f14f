import type { FormattedText } from '../../messages/words.ts'

/** Whom a text names. */
export interface Named {
  readonly userIds: readonly bigint[]
  /** In lower case, without `@`. */
  readonly usernames: readonly string[]
}

/** The people that a text mentions, each once. */
export function namedIn({ text, entities }: FormattedText): Named {
  const userIds = new Set<bigint>()
  const usernames = new Set<string>()
  for (const entity of entities) {
    if (entity.kind === 'mentionName') userIds.add(entity.userId)
    if (entity.kind !== 'mention') continue
    usernames.add(text.slice(entity.offset + 1, entity.offset + entity.length).toLowerCase())
  }
  return { userIds: [...userIds], usernames: [...usernames] }
}
