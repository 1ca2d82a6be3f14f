import { groupBy } from '../model/errors.ts'
import type { Entry, Model } from '../model/model.ts'
import {
  constructorLink,
  errorLink,
  firstSentence,
  listed,
  methodLink,
  plain,
  table,
  typeNameLink,
} from './inline.ts'
import { namespacePath, namespaceTitle } from './namespaces.ts'
import type { Page } from './page.ts'

interface Named {
  readonly name: string
  readonly namespace: string
}

function byNamespace<T extends Named>(entries: Iterable<T>): [string, readonly T[]][] {
  return [...groupBy(entries, ({ namespace }) => [namespace])].sort(([a], [b]) => a.localeCompare(b))
}

function nameIndex(
  options: Pick<Page, 'path' | 'title' | 'description'>,
  entries: Iterable<Named>,
  link: (name: string) => string,
): Page {
  const sections = byNamespace(entries).map(
    ([namespace, names]) =>
      `## ${namespaceTitle(namespace)}\n\n${names
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map(({ name }) => link(name))
        .join(' · ')}`,
  )
  return { ...options, kind: 'index', trail: [], blocks: [options.description, ...sections] }
}

/** Every method by its name. */
export function methodsIndex({ methods }: Model): Page {
  const page = nameIndex(
    {
      path: '/methods',
      title: 'Methods',
      description: `All ${methods.size} methods of the API, by namespace.`,
    },
    methods.values(),
    methodLink,
  )
  const [first = '', ...rest] = page.blocks
  return {
    ...page,
    blocks: [first, 'The index [What do you want to do?](/purposes) finds them by their purpose.', ...rest],
  }
}

/** Every constructor by its name. */
export function constructorsIndex({ constructors }: Model): Page {
  return nameIndex(
    {
      path: '/constructors',
      title: 'Constructors',
      description: `All ${constructors.size} constructors of the API, by namespace.`,
    },
    constructors.values(),
    constructorLink,
  )
}

/** Every type by its name. */
export function typesIndex({ types }: Model): Page {
  const page = nameIndex(
    {
      path: '/types',
      title: 'Types',
      description: `All ${types.size} types of the API, by namespace.`,
    },
    types.values(),
    typeNameLink,
  )
  const [first = '', ...rest] = page.blocks
  return {
    ...page,
    blocks: [first, 'TL defines [int, string and some others](/types/primitive) itself.', ...rest],
  }
}

/** Every error by its name, and by its code. */
export function errorsIndex({ errors }: Model): Page {
  const codes = [...groupBy(errors.rows, ({ code }) => [String(code)])].sort(
    ([a], [b]) => order(a) - order(b),
  )
  return {
    path: '/errors',
    kind: 'index',
    title: 'Errors',
    description: `All ${errors.byName.size} errors that methods answer, by code.`,
    trail: [],
    blocks: [
      `All ${errors.byName.size} errors that methods answer, by code. [Errors of any method](/errors/any) have a page of their own.`,
      ...codes.map(([code, rows]) => {
        const names = [...new Set(rows.map(({ name }) => name))].sort()
        return `## ${code}\n\n${names.map(errorLink).join(' · ')}`
      }),
    ],
  }
}

/** Negative codes come last. */
function order(code: string): number {
  return Number(code) < 0 ? 1000 - Number(code) : Number(code)
}

/** Everything in one namespace. */
export function namespacePage(namespace: string, model: Model): Page {
  const inside = <T extends Named>(entries: Iterable<T>) =>
    [...entries].filter((entry) => entry.namespace === namespace).sort((a, b) => a.name.localeCompare(b.name))
  const methods = inside(model.methods.values())
  const constructors = inside(model.constructors.values())
  const types = inside(model.types.values())
  const title = namespace === '' ? 'Names without a namespace' : `The namespace ${namespace}`
  return {
    path: namespacePath(namespace),
    kind: 'index',
    title,
    description: `${methods.length} methods, ${constructors.length} constructors and ${types.length} types.`,
    trail: [{ title: 'Methods', path: '/methods' }],
    blocks: [
      `${methods.length} methods, ${constructors.length} constructors and ${types.length} types.`,
      methods.length === 0 ? '' : `## Methods\n\n${methodsOf(methods)}`,
      constructors.length === 0
        ? ''
        : `## Constructors\n\n${constructors.map(({ name }) => constructorLink(name)).join(' · ')}`,
      types.length === 0 ? '' : `## Types\n\n${types.map(({ name }) => typeNameLink(name)).join(' · ')}`,
    ].filter((block) => block !== ''),
  }
}

/** More methods are listed by their names only. */
const MAX_DESCRIBED = 120

function methodsOf(methods: readonly Entry[]): string {
  if (methods.length > MAX_DESCRIBED) return methods.map(({ name }) => methodLink(name)).join(' · ')
  return table(
    ['Method', 'Description'],
    methods.map(({ name, about }) => [methodLink(name), about === undefined ? '–' : shortAbout(about)]),
  )
}

function shortAbout(about: NonNullable<Entry['about']>): string {
  return `${plain(firstSentence(about.text))}${about.isBorrowed ? ' °' : ''}`
}

/** All namespaces of a model; the empty one is first. */
export function namespacesOf(model: Model): string[] {
  const all = [...model.methods.values(), ...model.constructors.values(), ...model.types.values()]
  return [...new Set(all.map(({ namespace }) => namespace))].sort()
}

/** The index by purpose. */
export function purposesPage({ purposes, guides, methods }: Model): Page {
  const rows = purposes.map(({ title, methods: names, guide }) => {
    const linked = guides.find(({ name }) => name === guide)
    return [
      title,
      listed(names.map((name) => (methods.has(name) ? methodLink(name) : `\`${name}\``))),
      linked === undefined ? '–' : `[${linked.title}](/guides/${linked.name})`,
    ]
  })
  return {
    path: '/purposes',
    kind: 'index',
    title: 'What do you want to do?',
    description: 'Methods by their purpose.',
    trail: [],
    blocks: ['Methods by their purpose.', table(['To …', 'Methods', 'Guide'], rows)],
  }
}

/** The list of the guides. */
export function guidesIndex({ guides }: Model): Page {
  return {
    path: '/guides',
    kind: 'index',
    title: 'Guides',
    description: 'Pages that explain one subject each, from the first login to the protocol.',
    trail: [],
    blocks: [
      table(
        ['Guide', 'Subject'],
        guides.map(({ name, title, description }) => [`[${title}](/guides/${name})`, description]),
      ),
    ],
  }
}
