import MiniSearch from 'minisearch'
import { termsOf } from './terms.ts'

/** A page as the search knows it; a page's script is made of this file, too. */
export interface SearchDocument {
  /** The address without the slash in front: `methods/auth.sendCode`. */
  readonly id: string
  readonly name: string
  /** Its description. */
  readonly text: string
  /** The errors of a method. */
  readonly errors: string
}

/** A page that was found. */
export interface Hit {
  readonly id: string
  readonly name: string
  readonly text: string
}

/** Finds pages. */
export interface Search {
  find(query: string, limit: number): Hit[]
}

/** Pages of equal weight come in this order: an error and a method are looked for more often than a type. */
const FOLDER_WEIGHTS: Readonly<Record<string, number>> = {
  methods: 1.3,
  errors: 1.2,
  guides: 1.2,
  constructors: 1,
  types: 0.9,
}

/** Every name is shorter; a much longer text would keep a page busy for seconds. */
const MAX_QUERY = 200

/** Makes a search over these pages. */
export function createSearch(documents: readonly SearchDocument[]): Search {
  const index = new MiniSearch<SearchDocument>({
    fields: ['name', 'errors', 'text'],
    tokenize: termsOf,
    processTerm: (term) => term,
  })
  index.addAll(documents)
  const byId = new Map(documents.map((document) => [document.id, document]))
  const named = new NamedPages(documents)
  return {
    find(text, limit) {
      const query = text.slice(0, MAX_QUERY)
      const exact = named.find(query)
      if (exact.length >= limit) return exact.slice(0, limit)
      const found = index
        .search(query, {
          boost: { name: 8, errors: 3 },
          combineWith: 'AND',
          prefix: true,
          fuzzy: (term) => (term.length > 4 ? 0.2 : false),
          boostDocument: (id) => weightOf(String(id)),
        })
        .map(({ id }) => byId.get(String(id)))
        .filter((document) => document !== undefined)
      return [...new Set([...exact, ...found])].slice(0, limit)
    },
  }
}

function weightOf(id: string): number {
  return FOLDER_WEIGHTS[id.split('/')[0] ?? ''] ?? 1
}

/** Pages whose whole name was typed: with or without its namespace, in any case, in one word or several. */
class NamedPages {
  readonly #pages = new Map<string, SearchDocument[]>()

  constructor(documents: readonly SearchDocument[]) {
    for (const document of documents) {
      const { name } = document
      for (const key of new Set([joined(name), joined(name.slice(name.lastIndexOf('.') + 1))])) {
        const pages = this.#pages.get(key)
        if (pages === undefined) this.#pages.set(key, [document])
        else pages.push(document)
      }
    }
  }

  /** A name in the same case comes first. */
  find(query: string): SearchDocument[] {
    const wanted = query.trim()
    const rank = ({ id, name }: SearchDocument) =>
      (name === wanted ? 100 : 0) + (joined(name) === joined(wanted) ? 0.1 : 0) + weightOf(id)
    return (this.#pages.get(joined(wanted)) ?? []).toSorted((a, b) => rank(b) - rank(a))
  }
}

function joined(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}
