import { long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { findPeople, type Viewer } from './decide-people.ts'

/** Chats and contacts that a search looks through, the newest of each. */
const MAX_OWN = 2000

const listOwn = sql`
  SELECT own_id FROM (
    SELECT contact_id AS own_id FROM contacts WHERE user_id = :viewerId AND contact_id > 0
    UNION SELECT peer_id AS own_id FROM dialogs WHERE box_id = :viewerId AND peer_id > 0 AND top_id > 0
  ) o ORDER BY own_id LIMIT ${MAX_OWN}`
const listNamed = sql`
  SELECT name, peer_id FROM usernames WHERE name >= :first AND name < :after ORDER BY name LIMIT :limit`

/** People found by a name. */
export interface Found {
  /** Among the viewer's contacts and chats. */
  readonly own: readonly bigint[]
  /** Among everybody, by username. */
  readonly others: readonly bigint[]
}

/** Finds people whose names or usernames have a word that begins with the query; strangers by username only. */
export function* search(viewer: Viewer, query: string, limit: number): Decision<Found> {
  const ownIds = (yield* listOwn.rows({ viewerId: viewer.viewerId })).map((row) => long(row, 'own_id'))
  const own: bigint[] = []
  for (const person of yield* findPeople(viewer, ownIds)) {
    if (own.length < limit && person.kind !== 'deleted' && isNamed(wordsOf(person), query))
      own.push(person.id)
  }
  const name = query.replace(/ /g, '')
  const rows = yield* listNamed.rows({ first: name, after: `${name}~`, limit: limit + own.length })
  const others = rows
    .filter((row) => text(row, 'name').startsWith(name))
    .map((row) => long(row, 'peer_id'))
    .filter((id) => id > 0n && !own.includes(id))
  return { own, others: others.slice(0, limit) }
}

interface Named {
  readonly firstName: string
  readonly lastName?: string
  readonly username?: string | undefined
}

function wordsOf({ firstName, lastName = '', username = '' }: Named): string[] {
  const whole = `${firstName} ${lastName}`.toLowerCase()
  return [whole, ...whole.split(' '), username.toLowerCase()]
}

function isNamed(words: readonly string[], query: string): boolean {
  return words.some((word) => word.startsWith(query))
}
