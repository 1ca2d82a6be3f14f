import MiniSearch from 'minisearch'
import { inApiWords, sameMeaning, withoutStopWords } from './synonyms.ts'
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
  /** What people want to do with it. */
  readonly purposes?: string
  /** The local server answers the method. */
  readonly isSupported?: boolean
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

/** Of methods with equal words, those come first that can be tried. */
const SUPPORTED_WEIGHT = 1.03

/** Makes a search over these pages. */
export function createSearch(documents: readonly SearchDocument[]): Search {
  const index = new MiniSearch<SearchDocument>({
    fields: ['name', 'errors', 'text', 'purposes'],
    tokenize: termsOf,
    processTerm: (term) => term,
  })
  index.addAll(documents)
  const byId = new Map(documents.map((document) => [document.id, document]))
  const named = new NamedPages(documents)
  const search = (query: string, combineWith: 'AND' | 'OR', tokenize = termsOf) =>
    index
      .search(query, {
        tokenize,
        boost: { name: 8, errors: 3, purposes: 1 },
        combineWith,
        prefix: combineWith === 'AND' || ((term) => term.length > 3),
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        boostDocument: (id) => boostOf(byId.get(String(id))),
      })
      .map(({ id }) => byId.get(String(id)))
      .filter((document) => document !== undefined)
  return {
    find(text, limit) {
      const query = text.slice(0, MAX_QUERY)
      const meant = inApiWords(query)
      const short = withoutStopWords(meant)
      const found = new Set(named.find(query))
      const add = (pages: readonly SearchDocument[]) => {
        for (const page of pages) found.add(page)
      }
      const isSame = meant === query.toLowerCase()
      if (!isSame) add(named.find(meant))
      for (const words of isSame ? [query] : [meant, query]) {
        if (found.size < limit) add(search(words, 'AND'))
      }
      if (found.size === 0) add([...named.find(short), ...search(short, 'AND')])
      if (found.size === 0) add(search(short, 'OR', (text) => termsOf(text).flatMap(sameMeaning)))
      return [...found].slice(0, limit)
    },
  }
}

function boostOf(document: SearchDocument | undefined): number {
  if (document === undefined) return 1
  return weightOf(document.id) * (document.isSupported === true ? SUPPORTED_WEIGHT : 1)
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
